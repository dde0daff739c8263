import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { SessionAuthGuard } from 'nestjs-sessions/auth';

const PUBLIC = 'account:public';

/** Makes a route, or all routes of a controller, public. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** Requires a signed-in user except on `@Public()` routes, so that a forgotten decorator leaves a page private. */
@Injectable()
export class PrivateByDefaultGuard extends SessionAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const isPublic = [context.getHandler(), context.getClass()].some((target) =>
      Reflect.hasMetadata(PUBLIC, target),
    );
    return isPublic || super.canActivate(context);
  }
}
