import type { LifetimeRule } from '../core/options/lifetime.js';
import { Session } from '../core/session/session.js';

/**
 * The `cookie` object of express-session. Its lifetime is that of the session.
 *
 * @internal
 */
export class ExpressCookie {
  readonly #session: Session<object>;
  readonly #absoluteLifetimeMs: number;

  /** Frozen, so that setting an unsupported attribute such as `secure` throws. */
  constructor(session: Session<object>, absoluteLifetimeMs: number) {
    this.#session = session;
    this.#absoluteLifetimeMs = absoluteLifetimeMs;
    Object.freeze(this);
  }

  /** The remaining lifetime in milliseconds; null if the cookie ends when the browser closes. */
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

  /** Sets an idle timeout, or a date if the module's absolute lifetime would cut that timeout short. */
  #live(maxAgeMs: number): void {
    if (maxAgeMs === this.maxAge) return;
    if (maxAgeMs > this.#absoluteLifetimeMs) this.expires = new Date(this.#now + maxAgeMs);
    else this.#session.setLifetime({ afterInactivity: maxAgeMs });
  }

  /** Restores the module's lifetime, if the session has a lifetime of its own. */
  #forgetOnClose(): void {
    if (this.maxAge !== null) this.#session.setLifetime('until-browser-closes');
  }

  get #rule(): LifetimeRule | undefined {
    const { pending, phase } = Session.stateOf(this.#session);
    return pending.unsaved.lifetimeIn(phase.kind === 'live' ? phase.record : {});
  }

  get #now(): number {
    return Session.stateOf(this.#session).backend.now();
  }
}
