import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Sessions } from 'nestjs-sessions';

/** Guards run before parameters are made, so they ask the service for the session. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of(context).load();
    if (session.userId === undefined) throw new UnauthorizedException();
    return true;
  }
}
