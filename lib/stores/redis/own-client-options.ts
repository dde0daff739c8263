/** @ts-ignore An application with a client of node-redis has no ioredis, and `RedisOptions` is `any` there. */
import type { RedisOptions } from 'ioredis';

/**
 * The options of the client that the store makes: those of a `Redis` of ioredis. Without ioredis, there are none.
 *
 * @publicApi
 */
export type OwnClientOptions = symbol extends keyof RedisOptions ? never : RedisOptions;
