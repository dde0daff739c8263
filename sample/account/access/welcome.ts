import type { Request } from 'express';
import type { Session } from 'nestjs-sessions';
import { signIn } from 'nestjs-sessions/auth';
import type { User } from '../users/user.entity.js';
import type { VisitData } from '../web/visit.js';
import { deviceOf } from './device.js';

/** Signs the user in, and stores the description of the device for the list of devices. */
export async function welcome(
  session: Session<VisitData>,
  user: User,
  request: Request,
): Promise<void> {
  await signIn(session, user, { credentialsStamp: user.passwordHash });
  session.set('device', deviceOf(request));
}
