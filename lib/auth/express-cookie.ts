import type { LifetimeRule } from '../core/lifetime.js';
import { Session } from '../core/session.js';

/**
 * The cookie of a session as express-session has it: how long it lives is how long the session does.
 *
 * @internal
 */
export class ExpressCookie {
  readonly #session: Session<object>;
  readonly #absoluteLifetimeMs: number;

  /** Frozen, so that setting an attribute that has no effect here, such as `secure`, throws. */
  constructor(session: Session<object>, absoluteLifetimeMs: number) {
    this.#session = session;
    this.#absoluteLifetimeMs = absoluteLifetimeMs;
    Object.freeze(this);
  }

  /** What is left, in milliseconds; null where the browser forgets the cookie when it closes. */
  get maxAge(): number | null {
    const rule = this.#rule;
    switch (rule?.kind) {
      case 'date':
        return rule.at - this.#now;
      case 'inactivity':
        return rule.idleTimeoutMs;
      default:
        return null;
    }
  }

  set maxAge(maxAgeMs: number | null | undefined) {
    if (typeof maxAgeMs === 'number') this.#live(maxAgeMs);
    else if (maxAgeMs) throw new TypeError('maxAge must be a number');
    else this.#forgetOnClose();
  }

  get originalMaxAge(): number | null {
    return this.maxAge;
  }

  set originalMaxAge(maxAgeMs: number | null | undefined) {
    this.maxAge = maxAgeMs;
  }

  get expires(): Date | null {
    const { maxAge } = this;
    return maxAge === null ? null : new Date(this.#now + maxAge);
  }

  set expires(at: Date | null | false | undefined) {
    if (at) this.#session.setLifetime({ at });
    else this.#forgetOnClose();
  }

  /** An idle timeout, or a date where the module's absolute lifetime would cut an idle timeout short. */
  #live(maxAgeMs: number): void {
    if (maxAgeMs === this.maxAge) return;
    if (maxAgeMs > this.#absoluteLifetimeMs) this.expires = new Date(this.#now + maxAgeMs);
    else this.#session.setLifetime({ afterInactivity: maxAgeMs });
  }

  /** Has the lifetime of the module again, where the session has one of its own. */
  #forgetOnClose(): void {
    if (this.maxAge !== null) this.#session.setLifetime('until-browser-closes');
  }

  get #rule(): LifetimeRule | undefined {
    const { unsaved, standing } = Session.stateOf(this.#session);
    return unsaved.lifetimeIn(standing.kind === 'live' ? standing.record : {});
  }

  get #now(): number {
    return Session.stateOf(this.#session).backend.now();
  }
}
