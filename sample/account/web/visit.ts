import type { Session } from 'nestjs-sessions';
import type { Device } from '../access/device.js';
import type { User } from '../users/user.entity.js';

/** What sessions hold, beside the cart, whose key has a schema of its own. */
export interface VisitData {
  readonly device: Device;
}

/** Who asks for a page. */
export interface Visitor {
  readonly session: Session<VisitData>;
  readonly user: User | undefined;
}
