import type { Command } from './script.js';
import type { Deed } from './deed.js';
import type { Execution } from './execution.js';
import { IDLE_MS } from './scenario.js';

/** Of one whose outcome stays unknown, nobody can tell the browser the new id. */
const MOVES: readonly Command[] = ['rotate', 'sign in ann', 'sign in bob'];

/** What the requests of an execution were told, and what is held against it. */
export class Evidence {
  readonly breaches: string[] = [];
  readonly deeds: readonly Deed[];

  constructor(readonly execution: Execution) {
    this.deeds = execution.requests.flatMap(({ book }) => book.deeds);
  }

  of(kind: Command): readonly Deed[] {
    return this.deeds.filter((deed) => deed.kind === kind);
  }

  acknowledged(...kinds: readonly Command[]): readonly Deed[] {
    return this.deeds.filter(
      ({ kind, outcome }) => outcome === 'acknowledged' && kinds.includes(kind),
    );
  }

  /** Whether something may have ended what was there, or came, at a step. */
  isCut(since: number, ...enders: readonly Command[]): boolean {
    if (this.execution.jumpedMs >= IDLE_MS) return true;
    const all = ['destroy', 'revoke', 'sign in bob', ...enders];
    return this.deeds.some(
      ({ kind, ended, outcome }) =>
        (all.includes(kind) && (ended >= since || outcome === 'unknown')) ||
        (outcome === 'unknown' && MOVES.includes(kind)),
    );
  }

  /** Whether the request found nothing that it could have changed: a wall, or no session. */
  isAside({ by }: Deed): boolean {
    return !this.execution.requests.some(({ name, wasLive }) => name === by && wasLive);
  }

  demand(holds: boolean, fact: string): void {
    if (!holds) this.breaches.push(`guarantee ${fact}`);
  }
}
