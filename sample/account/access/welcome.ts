import type { Request } from 'express';
import type { Session } from 'nestjs-sessions';
import { signIn } from 'nestjs-sessions/auth';
import type { User } from '../users/user.entity.js';
import type { VisitData } from '../web/visit.js';
import { deviceOf } from './device.js';

/** Makes the session the user's, with what the list of devices is to say of it. */
export async function welcome(
  session: Session<VisitData>,
  user: User,
  request: Request,
): Promise<void> {
  await signIn(session, user, { stamp: user.passwordHash });
  session.set('device', deviceOf(request));
  session.flash('notice', `You are signed in, ${user.name}.`);
}
