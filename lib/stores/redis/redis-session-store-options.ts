import type { Clock } from '../../core/options/clock.js';
import { completeOptions } from '../../core/options/complete-options.js';
import { configInvalid } from '../../core/errors/session-errors.js';
import { refuseUnlessPositive } from '../../core/options/whole-number.js';
import { isNodeRedisClient, type NodeRedisClient } from './node-redis-client.js';
import type { OwnClientOptions } from './own-client-options.js';
import { isIoredisClient, type RedisClient } from './redis-client.js';

/**
 * The injection token of the options, for `store: RedisSessionStore` with options that a module provides.
 *
 * @publicApi
 */
export const REDIS_SESSION_STORE_OPTIONS = 'RedisSessionStoreOptions';

/**
 * The client and the behaviour of a Redis store.
 *
 * @publicApi
 */
export interface RedisSessionStoreOptions {
  /**
   * A client that stays yours to close: a `Redis` or `Cluster` of ioredis, or a client or cluster of `redis`
   * (node-redis) that you connect. Or the options or the URL of a `Redis` of ioredis that the store makes, checks at
   * boot and closes with the application: `'rediss://user:password@host:6379/0'`.
   *
   * @default {}, a client of its own to localhost:6379
   */
  readonly client?: RedisClient | NodeRedisClient | OwnClientOptions | string;
  /**
   * Prefix of the keys. Applications that share a Redis need one each, or a session of one is a session of all.
   *
   * @default 'sessions'
   */
  readonly namespace?: string;
  /**
   * Waits until the end of a session (a destroy, or the old id after a rotation) has reached replicas before
   * acknowledging it. A failover is then less likely to bring the session back.
   *
   * It costs the time of the replication, for everything that shares the connection. If too few replicas answer in
   * time, the application answers with 503.
   *
   * @default none: a failover may undo what was acknowledged right before it
   */
  readonly durability?: RedisDurability;
  /**
   * Decides which sessions have expired, for tests.
   *
   * @default the clock of Redis, so that servers whose clocks differ agree
   */
  readonly clock?: Clock;
}

/**
 * The number of replicas that must have a write before it counts as done.
 *
 * @publicApi
 */
export interface RedisDurability {
  /** The number of replicas that must have the write. */
  readonly replicas: number;
  /**
   * How long to wait for them. Keep it below half of `limits.storeTimeout`.
   *
   * @default 500
   */
  readonly timeoutMs?: number;
}

type GivenClient = NonNullable<RedisSessionStoreOptions['client']>;

/** @internal */
export interface RedisSettings {
  readonly client: GivenClient;
  readonly namespace: string;
  readonly durability: Required<RedisDurability> | undefined;
  readonly clock: Clock | undefined;
}

interface GivenSettings extends Omit<RedisSettings, 'durability'> {
  readonly durability: RedisDurability | undefined;
}

const SUBJECT = 'RedisSessionStore ';
const DEFAULTS: RedisSettings = Object.freeze({
  client: {},
  namespace: 'sessions',
  durability: undefined,
  clock: undefined,
});
const DURABILITY_DEFAULTS: Required<RedisDurability> = Object.freeze({
  replicas: 1,
  timeoutMs: 500,
});

/**
 * Throws SESSION_CONFIG_INVALID for the first invalid option.
 *
 * @internal
 */
export function parseRedisOptions(options: RedisSessionStoreOptions): RedisSettings {
  const { durability, ...rest } = completeOptions<GivenSettings>(SUBJECT, options, DEFAULTS);
  checkNamespace(rest.namespace);
  checkClient(rest.client);
  checkNodeRedis(rest.client);
  checkReads(rest.client);
  return { ...rest, durability: durability && parseDurability(durability) };
}

function checkNamespace(namespace: string): void {
  if (typeof namespace === 'string' && /^[^\s{}]+$/.test(namespace)) return;
  // Braces choose the slot of a Cluster: all sessions would land on one node.
  throw configInvalid(
    `${SUBJECT}namespace`,
    'a text without spaces and braces',
    JSON.stringify(namespace),
  );
}

/** Quotes nothing of a refused value: a URL holds a password. */
function checkClient(client: unknown): void {
  const isRight = typeof client === 'string' ? isRedisUrl(client) : isObject(client);
  if (isRight) return;
  throw configInvalid(
    `${SUBJECT}client`,
    'a client, the options of one, or a URL like "redis://user:password@host:6379/0"',
    typeof client === 'string' ? 'another text' : client === null ? 'null' : typeof client,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** In lower case only: for `REDISS://`, ioredis would make a connection without TLS. */
function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\//.test(text)) return false;
  try {
    const { hostname, username, password, pathname } = new URL(text);
    decodeURIComponent(username + password);
    return hostname !== '' && /^(\/\d*)?$/.test(pathname);
  } catch {
    return false;
  }
}

/**
 * The properties that `createClient` and `createCluster` of node-redis have had since version 5, and the one of
 * `createSentinel`.
 */
function checkNodeRedis(client: GivenClient): void {
  if (!isNodeRedisClient(client)) return;
  const expected = 'a client or a cluster of `redis` 5 or later';
  if (!('withTypeMapping' in client)) {
    throw configInvalid(`${SUBJECT}client`, expected, 'one of an older version');
  }
  if ('acquire' in client) throw configInvalid(`${SUBJECT}client`, expected, 'its Sentinel');
}

/** A replica may lack a write that Redis acknowledged a moment ago. */
function checkReads(client: GivenClient): void {
  const { options, _options } = Object(client) as ReadingOptions;
  const reads = options?.scaleReads ?? 'master';
  if (isIoredisClient(client) && reads !== 'master') {
    throw configInvalid(
      `${SUBJECT}client.options.scaleReads`,
      '"master"',
      typeof reads === 'string' ? JSON.stringify(reads) : typeof reads,
    );
  }
  if (isNodeRedisClient(client) && _options?.useReplicas) {
    throw configInvalid(`${SUBJECT}client useReplicas`, 'false', 'true');
  }
}

/** The options of a Cluster of ioredis, and of a cluster of node-redis, which has no public property for them. */
interface ReadingOptions {
  readonly options?: { readonly scaleReads?: unknown };
  readonly _options?: { readonly useReplicas?: unknown };
}

function parseDurability(durability: RedisDurability): Required<RedisDurability> {
  const complete = completeOptions(`${SUBJECT}durability.`, durability, DURABILITY_DEFAULTS);
  for (const [option, given] of Object.entries(complete)) {
    refuseUnlessPositive(`${SUBJECT}durability.${option}`, given);
  }
  return complete;
}
