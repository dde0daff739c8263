import type { Redis, RedisOptions } from 'ioredis';
import { type Clock, systemClock } from '../../core/options/clock.js';
import { answerWithin } from './answer-within.js';
import { loadIoredis } from './load-ioredis.js';
import { reasonOf, unreachable } from './redis-errors.js';

const LONGEST_RETRY_MS = 250;
const CHECK_LIMIT_MS = 5_000;
const QUIT_LIMIT_MS = 1_000;

/**
 * For short waits and definite outcomes: the client does not resend a command after its connection broke. A command
 * that finds Redis down fails with the next attempt to connect.
 */
const DEFAULTS: RedisOptions = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times) => Math.min(50 * times, LONGEST_RETRY_MS),
  connectTimeout: 2_000,
  // Replaces a connection that went silent, for instance behind a firewall that dropped it.
  socketTimeout: 5_000,
  enableAutoPipelining: true,
};

/**
 * A client that the store makes, checks and closes itself.
 *
 * @internal
 */
export class OwnClient {
  #redis: Promise<Redis> | undefined;
  #reason: string | undefined;

  constructor(
    private readonly options: RedisOptions | string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Made on the first call. Rejects without a recent enough ioredis. */
  redis(): Promise<Redis> {
    return (this.#redis ??= this.#make());
  }

  /** Rejects with one clear line unless Redis answers; with `lazyConnect`, the first request finds out. */
  async check(): Promise<void> {
    const redis = await this.redis();
    if (typeof this.options === 'object' && this.options.lazyConnect) return;
    try {
      await answerWithin(CHECK_LIMIT_MS, redis.connect(), this.clock);
    } catch (error) {
      end(redis);
      throw unreachable(addressOf(redis.options), this.#reason ?? reasonOf(error));
    }
  }

  async close(): Promise<void> {
    const redis = await this.#redis?.catch(() => undefined);
    if (!redis) return;
    try {
      await answerWithin(QUIT_LIMIT_MS, redis.quit(), this.clock);
    } catch {
      // Without an answer from Redis, there is nothing left to quit.
    } finally {
      end(redis);
    }
  }

  async #make(): Promise<Redis> {
    const { options } = this;
    const Client = await loadIoredis();
    const redis =
      typeof options === 'string'
        ? new Client(options, { ...DEFAULTS, lazyConnect: true })
        : new Client({ ...DEFAULTS, ...options, lazyConnect: true });
    // Each failed request reports it; without a listener, ioredis prints every attempt to connect.
    redis.on('error', (error: Error) => (this.#reason = reasonOf(error)));
    redis.on('close', () => forgetSocketTimeout(redis));
    return redis;
  }
}

/** A server that hangs does not even close a connection, which would keep the process alive. */
function end(redis: Redis): void {
  redis.disconnect();
  (redis.stream as typeof redis.stream | undefined)?.destroy();
}

/** ioredis 5 leaves the timer of a broken connection, which then ends the next, healthy connection. */
function forgetSocketTimeout(redis: object): void {
  const internals = redis as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  clearTimeout(internals.socketTimeoutTimer);
  internals.socketTimeoutTimer = undefined;
}

/** The address to which the client connects, without its credentials. */
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
