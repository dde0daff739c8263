import type { Session } from 'nestjs-sessions';
import type { Device } from '../access/device.js';
import type { User } from '../users/user.entity.js';

/** The values of sessions, except the cart, whose key has its own schema. */
export interface VisitData {
  readonly device: Device;
}

/** The client of a page: its session and, if signed in, its user. */
export interface Visitor {
  readonly session: Session<VisitData>;
  readonly user: User | undefined;
}
