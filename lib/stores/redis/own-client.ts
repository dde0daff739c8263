import { Redis, type RedisOptions } from 'ioredis';
import { type Clock, systemClock } from '../../core/clock.js';
import { answerWithin } from './answer-within.js';
import { reasonOf, unreachable } from './redis-errors.js';

const LONGEST_RETRY_MS = 250;
const CHECK_LIMIT_MS = 5_000;
const QUIT_LIMIT_MS = 1_000;

/**
 * For short waits and honest answers: a command whose connection broke is not sent again behind our back, and one that
 * finds Redis down fails with the next attempt to connect.
 */
const DEFAULTS: RedisOptions = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times) => Math.min(50 * times, LONGEST_RETRY_MS),
  connectTimeout: 2_000,
  // A connection that went silent, as behind a firewall that forgot it, is replaced.
  socketTimeout: 5_000,
  enableAutoPipelining: true,
};

/**
 * A client that the store makes, checks and closes itself.
 *
 * @internal
 */
export class OwnClient {
  readonly redis: Redis;
  #reason: string | undefined;

  constructor(
    private readonly options: RedisOptions | string,
    private readonly clock: Clock = systemClock,
  ) {
    this.redis =
      typeof options === 'string'
        ? new Redis(options, { ...DEFAULTS, lazyConnect: true })
        : new Redis({ ...DEFAULTS, ...options, lazyConnect: true });
    // Each request that fails reports it; without a listener, ioredis prints every attempt to connect.
    this.redis.on('error', (error: Error) => (this.#reason = reasonOf(error)));
    this.redis.on('close', () => forgetSocketTimeout(this.redis));
  }

  /** Rejects with one clear line unless Redis answers; with `lazyConnect`, the first request finds out. */
  async check(): Promise<void> {
    if (typeof this.options === 'object' && this.options.lazyConnect) return;
    try {
      await answerWithin(CHECK_LIMIT_MS, this.redis.connect(), this.clock);
    } catch (error) {
      this.#end();
      throw unreachable(addressOf(this.redis.options), this.#reason ?? reasonOf(error));
    }
  }

  async close(): Promise<void> {
    try {
      await answerWithin(QUIT_LIMIT_MS, this.redis.quit(), this.clock);
    } catch {
      // Without Redis there is nobody to say goodbye to.
    } finally {
      this.#end();
    }
  }

  /** A server that is stuck does not even close a connection, which would keep the process alive. */
  #end(): void {
    this.redis.disconnect();
    (this.redis.stream as typeof this.redis.stream | undefined)?.destroy();
  }
}

/** ioredis 5 leaves the timer of a connection that broke, which then ends the next connection, sound as it is. */
function forgetSocketTimeout(redis: object): void {
  const internals = redis as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  clearTimeout(internals.socketTimeoutTimer);
  internals.socketTimeoutTimer = undefined;
}

/** Where the client connects to, without what it proves itself with. */
function addressOf({
  host = 'localhost',
  port = 6379,
  path,
  sentinels,
  name,
}: RedisOptions): string {
  if (sentinels) return `the master ${JSON.stringify(name)} of its sentinels`;
  return path ?? `${host}:${port}`;
}
