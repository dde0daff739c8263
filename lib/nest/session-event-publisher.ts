import { createHmac, randomBytes } from 'node:crypto';
import type { EmitEvent } from '../commit/commit-settings.js';
import type { Clock } from '../core/options/clock.js';
import type { SessionEvent, SessionListener } from '../core/session/session-event.js';

/**
 * Publishes session events to the application's listener. A fingerprint identifies the session and grants no access.
 *
 * @internal
 */
export class SessionEventPublisher {
  readonly #secret: string | Buffer;

  /** @param secret makes fingerprints equal on all servers; without one, they are specific to this process */
  constructor(
    private readonly listener: SessionListener,
    secret: string | undefined,
    private readonly clock: Clock,
    private readonly log: (problem: string) => void,
  ) {
    this.#secret = secret ?? randomBytes(32);
  }

  readonly emit: EmitEvent = ({ key, request, ...rest }) => {
    const event = { ...rest, fingerprint: this.#fingerprintOf(key), at: this.clock.now() };
    // The request holds the cookie, so an application that logs the whole event must not serialise it.
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

  /** 128 bits of HMAC-SHA256, since a plain hash of the key could be matched with the keys of the store. */
  #fingerprintOf(key: string): string {
    const mac = createHmac('sha256', this.#secret).update(`fingerprint=${key}`).digest('base64url');
    return mac.slice(0, 22);
  }
}
