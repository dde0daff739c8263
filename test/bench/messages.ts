import type { Pauses } from './pauses.js';
import type { Usage } from './usage.js';

/** What a measured process is asked; whatever else it tells, it tells by itself. */
export type Ask = 'usage' | 'new session' | { readonly id: string; readonly writers: number };

/** What the writers of one process were answered, each once. */
export interface Burst {
  /** In milliseconds, of those that were acknowledged. */
  readonly latencies: readonly number[];
  /** How many of the others were refused, by the code of the error. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Made to the store. */
  readonly calls: number;
}

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
  | { readonly kind: 'ready' }
  | { readonly kind: 'session'; readonly id: string }
  | ({ readonly kind: 'burst' } & Burst)
  | MemoryReport;

export function tell(message: Tell): void {
  process.send?.(message);
}
