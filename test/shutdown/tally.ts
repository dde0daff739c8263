import type { End } from './visitor.js';

/** What came of requests. */
export class Tally {
  rounds = 0;
  requests = 0;
  acknowledged = 0;
  /** Those of them that were answered when the process had been told to end. */
  acknowledgedLate = 0;
  /** Fastify answers so while it closes, before anybody looks at a session. */
  refused = 0;
  closed = 0;
  /** Answered in any other way. */
  failed = 0;
  hung = 0;
  /** Acknowledged, and not stored. */
  lost = 0;
  /** Sessions with more in them than was asked for. */
  tooMany = 0;

  note(end: End, isLate: boolean): void {
    this.requests++;
    if (end === 'closed') this.closed++;
    else if (end === 'hung') this.hung++;
    else if (end.status === 503) this.refused++;
    else if (end.status !== 200) this.failed++;
    else this.#acknowledge(isLate);
  }

  toString(): string {
    const { rounds, requests, acknowledged, acknowledgedLate, refused, closed, lost } = this;
    return `${rounds} times SIGTERM under load: ${requests} requests, ${acknowledged} acknowledged (${acknowledgedLate} after the signal), ${refused} refused, ${closed} closed, ${lost} lost`;
  }

  #acknowledge(isLate: boolean): void {
    this.acknowledged++;
    if (isLate) this.acknowledgedLate++;
  }
}
