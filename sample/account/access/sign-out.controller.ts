import { Controller, Post, Redirect } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { signOut } from 'nestjs-sessions/auth';
import type { VisitData } from '../web/visit.js';

@Controller('sign-out')
export class SignOutController {
  /** Ends the session with all its values, the cart included. The notice begins a new, anonymous one. */
  @Post()
  @Redirect('/', 303)
  async signOut(@Session() session: Session<VisitData>) {
    await signOut(session);
    session.flash('notice', 'You are signed out.');
  }
}
