import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { SessionAuthGuard } from 'nestjs-sessions/auth';

const PUBLIC = 'account:public';

/** Lets in everybody. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** Lets in who is signed in, but for what is `@Public()`: a page that nobody thought of is private. */
@Injectable()
export class PrivateByDefaultGuard extends SessionAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const isPublic = [context.getHandler(), context.getClass()].some((target) =>
      Reflect.hasMetadata(PUBLIC, target),
    );
    return isPublic || super.canActivate(context);
  }
}
