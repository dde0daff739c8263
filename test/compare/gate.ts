import { Barrier } from '../support/barrier.js';

/** Where the slow writer of an application waits, having its session. */
export class Gate {
  readonly isReached = new Barrier();
  readonly isOpen = new Barrier();
}
