import { createHmac, randomBytes } from 'node:crypto';
import type { Tell } from '../commit/commit-settings.js';
import type { Clock } from '../core/clock.js';
import type { SessionEvent, SessionListener } from '../core/session-event.js';

/**
 * Tells the listener of an application what happened to sessions, under names that open nothing.
 *
 * @internal
 */
export class SessionAnnouncer {
  readonly #secret: string | Buffer;

  /** @param secret what makes fingerprints alike on all servers; without one, they are of this process */
  constructor(
    private readonly listener: SessionListener,
    secret: string | undefined,
    private readonly clock: Clock,
    private readonly log: (problem: string) => void,
  ) {
    this.#secret = secret ?? randomBytes(32);
  }

  readonly tell: Tell = ({ key, request, ...news }) => {
    const event = { ...news, fingerprint: this.#fingerprintOf(key), at: this.clock.now() };
    // It holds the cookie, which would be in the log of whoever writes out the whole event.
    if (request) Object.defineProperty(event, 'request', { value: request, enumerable: false });
    void this.#pass(event);
  };

  async #pass(event: SessionEvent): Promise<void> {
    try {
      await this.listener.onSessionEvent(event);
    } catch (error) {
      this.log(`The session listener failed at a "${event.type}" event: ${String(error)}`);
    }
  }

  /** 128 bits of HMAC-SHA256: a plain hash could be compared with what a store holds. */
  #fingerprintOf(key: string): string {
    const mac = createHmac('sha256', this.#secret).update(`fingerprint=${key}`).digest('base64url');
    return mac.slice(0, 22);
  }
}
