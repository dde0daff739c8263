import type { Clock } from '../core/options/clock.js';
import type { SessionStore, StoreTime } from '../core/record/session-store.js';

/** Limits the drift of a clock between two reads of the store's. */
const SYNC_EVERY_MS = 60_000;
const RETRY_AFTER_MS = 5_000;
/** A slower answer says too little about the instant at which it was given. */
const LONGEST_ANSWER_MS = 1_000;

/**
 * The clock of a server, set by the store's, so that servers agree on when sessions end. It differs from the store's by
 * half a round trip at most, plus the drift or steps of the server's own clock within a minute.
 *
 * It reads the store's clock in the background; only the first operation waits for the answer.
 *
 * @internal
 */
export class StoreClock implements Clock {
  #offsetMs = 0;
  #syncedAt = -Infinity;
  #firstSync: Promise<void> | undefined;

  constructor(
    private readonly store: StoreTime,
    private readonly own: Clock,
  ) {}

  now(): number {
    const now = this.own.now();
    if (Math.abs(now - this.#syncedAt) >= SYNC_EVERY_MS) void this.sync();
    return now + this.#offsetMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    return this.own.schedule(delayMs, callback);
  }

  /** Resolves when the store's clock has been read once; undefined from then on. */
  get settling(): Promise<void> | undefined {
    if (this.#syncedAt === -Infinity) void this.sync();
    return this.#firstSync;
  }

  /** Reads the store's clock. If the store does not answer, the time stays as it was; requests report the failure. */
  sync(): Promise<void> {
    const isFirst = this.#syncedAt === -Infinity;
    const done = this.#syncNow();
    if (isFirst) this.#firstSync = done.finally(() => (this.#firstSync = undefined));
    return done;
  }

  async #syncNow(): Promise<void> {
    this.#syncedAt = this.own.now();
    try {
      const askedAt = this.own.now();
      const storeTime = await this.store.currentTime();
      this.#set(storeTime, askedAt, this.own.now());
    } catch {
      this.#syncedAt += RETRY_AFTER_MS - SYNC_EVERY_MS;
    }
  }

  /** A difference within the time that the answer took counts as zero. */
  #set(storeTime: number, askedAt: number, answeredAt: number): void {
    const tookMs = answeredAt - askedAt;
    if (tookMs < 0 || tookMs > LONGEST_ANSWER_MS) return;
    const offsetMs = Math.round(storeTime - (askedAt + answeredAt) / 2);
    if (Math.abs(offsetMs - this.#offsetMs) > Math.max(tookMs, 1)) this.#offsetMs = offsetMs;
  }
}

/** Whether a store has a clock of its own. @internal */
export function hasTime(store: SessionStore): store is SessionStore & StoreTime {
  return 'currentTime' in store && typeof store.currentTime === 'function';
}
