import { Controller, Post, Redirect } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { signOut } from 'nestjs-sessions/auth';

@Controller('sign-out')
export class SignOutController {
  /** The session ends, and what was in it: the cart, too. */
  @Post()
  @Redirect('/', 303)
  async signOut(@Session() session: Session) {
    await signOut(session);
  }
}
