export type {
  NodeRedisClient,
  NodeRedisMulti,
  NodeRedisScriptOptions,
} from './node-redis-client.js';
export type { OwnClientOptions } from './own-client-options.js';
export type { RedisClient, RedisPipeline } from './redis-client.js';
export { RedisSessionStore } from './redis-session.store.js';
export { REDIS_SESSION_STORE_OPTIONS } from './redis-session-store-options.js';
export type { RedisDurability, RedisSessionStoreOptions } from './redis-session-store-options.js';
