import type { Pauses } from './pauses.js';
import type { Usage } from './usage.js';

/** What a measured process is asked; whatever else it tells, it tells by itself. */
export type Ask = 'usage';

export interface MemoryReport {
  readonly kind: 'memory';
  readonly bytesPerSession: number;
  /** How much of what the expired sessions took was given back. */
  readonly freedShare: number;
  readonly filling: Pauses;
  readonly expiring: Pauses;
}

/** What a measured process tells the one that measures it. */
export type Tell =
  | { readonly kind: 'listening'; readonly port: number }
  | ({ readonly kind: 'usage' } & Usage)
  | MemoryReport;

export function tell(message: Tell): void {
  process.send?.(message);
}
