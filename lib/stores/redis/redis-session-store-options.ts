import type { RedisOptions } from 'ioredis';
import type { Clock } from '../../core/clock.js';
import { completeOptions } from '../../core/complete-options.js';
import { configInvalid } from '../../core/session-errors.js';
import { refuseUnlessPositive } from '../../core/whole-number.js';
import { isRedisClient, type RedisClient } from './redis-client.js';

/** @publicApi */
export interface RedisSessionStoreOptions {
  /**
   * A `Redis` or `Cluster` of ioredis, which stays yours to close; or the options or the URL of a `Redis` that the store
   * makes, checks at boot and closes with the application: `'rediss://user:password@host:6379/0'`.
   *
   * @default {}, a client of its own to localhost:6379
   */
  readonly client?: RedisClient | RedisOptions | string;
  /**
   * What keys begin with. Applications that share a Redis need one each, or a session of one is a session of all.
   *
   * @default 'sessions'
   */
  readonly namespace?: string;
  /**
   * Has the end of a session (a destroy, or the old id after a rotation) reach replicas before it is acknowledged, so
   * that a failover is less likely to bring it back. Costs the time of the replication, for all that shares the
   * connection; too few replicas in time are answered with 503.
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

/** @publicApi */
export interface RedisDurability {
  /** So many replicas must have the write. */
  readonly replicas: number;
  /**
   * How long to wait for them. Keep it below half of `limits.storeTimeout`.
   *
   * @default 500
   */
  readonly timeoutMs?: number;
}

/** @internal */
export interface RedisSettings {
  readonly client: RedisClient | RedisOptions | string;
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
 * Throws SESSION_CONFIG_INVALID for the first option that is wrong.
 *
 * @internal
 */
export function parseRedisOptions(options: RedisSessionStoreOptions): RedisSettings {
  const { durability, ...rest } = completeOptions<GivenSettings>(SUBJECT, options, DEFAULTS);
  checkNamespace(rest.namespace);
  checkClient(rest.client);
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

/** Quotes nothing of what it refuses: a URL holds a password. */
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

/** In lower case only: of `REDISS://`, ioredis would make a connection without TLS. */
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

/** A replica may not have yet what was acknowledged a moment ago. */
function checkReads(client: RedisClient | RedisOptions | string): void {
  if (!isRedisClient(client)) return;
  const { options } = client as { options?: { scaleReads?: unknown } };
  const reads = options?.scaleReads ?? 'master';
  if (reads === 'master') return;
  throw configInvalid(
    `${SUBJECT}client.options.scaleReads`,
    '"master"',
    typeof reads === 'string' ? JSON.stringify(reads) : typeof reads,
  );
}

function parseDurability(durability: RedisDurability): Required<RedisDurability> {
  const complete = completeOptions(`${SUBJECT}durability.`, durability, DURABILITY_DEFAULTS);
  for (const [option, given] of Object.entries(complete)) {
    refuseUnlessPositive(`${SUBJECT}durability.${option}`, given);
  }
  return complete;
}
