import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { CLOCK_TOLERANCE_MS } from '../../core/clock.js';
import {
  decodeRecord,
  encodeRecord,
  type LiveRecord,
  type SessionRecord,
} from '../../core/session-record.js';
import {
  type SaveOutcome,
  SessionStore,
  type StoreTime,
  type UserIndex,
} from '../../core/session-store.js';
import { OwnClient } from './own-client.js';
import { type RedisClient, isRedisClient } from './redis-client.js';
import { withoutCommand } from './redis-errors.js';
import { refuseWithoutRights } from './redis-rights.js';
import { CREATE, DELETE, SAVE, TOUCH } from './redis-scripts.js';
import {
  parseRedisOptions,
  type RedisSessionStoreOptions,
  type RedisSettings,
} from './redis-session-store-options.js';
import { type ScriptArgs, ScriptRunner } from './script-runner.js';
import { ownerOf, ownerUntil, UserKeys } from './user-keys.js';

/**
 * The token of the options, for `store: RedisSessionStore` with options that a module provides.
 *
 * @publicApi
 */
export const REDIS_SESSION_STORE_OPTIONS = 'RedisSessionStoreOptions';

/**
 * Keeps sessions in Redis: a single server, Sentinel or Cluster. One hash per session, one command per operation, and
 * every condition inside a script on that one key; beside them an index by user.
 *
 * @publicApi
 */
@Injectable()
export class RedisSessionStore
  extends SessionStore
  implements UserIndex, StoreTime, OnModuleInit, OnApplicationShutdown
{
  readonly #settings: RedisSettings;
  readonly #own: OwnClient | undefined;
  readonly #client: RedisClient;
  readonly #scripts: ScriptRunner;
  readonly #users: UserKeys;

  constructor(
    @Optional() @Inject(REDIS_SESSION_STORE_OPTIONS) options: RedisSessionStoreOptions = {},
  ) {
    super();
    this.#settings = parseRedisOptions(options);
    const { client, namespace } = this.#settings;
    this.#own = isRedisClient(client) ? undefined : new OwnClient(client);
    this.#client = this.#own?.redis ?? (client as RedisClient);
    this.#scripts = new ScriptRunner(this.#client, this.#settings.durability);
    this.#users = new UserKeys(this.#client, this.#scripts, namespace, () => this.#now());
  }

  /**
   * Rejects where Redis refuses scripts or writes, and where the connection that the store made leads nowhere. A client
   * that is to connect later (`lazyConnect`) is not checked.
   */
  async onModuleInit(): Promise<void> {
    await this.#own?.check();
    try {
      await refuseWithoutRights(this.#client, this.#scripts, this.#keyOf('probe'));
    } catch (error) {
      await this.#own?.close();
      throw error;
    }
  }

  /** Closes the connection that the store made, after the last request. One that it was given stays open. */
  async onApplicationShutdown(): Promise<void> {
    await this.#own?.close();
  }

  /** Also what has expired, until Redis forgets it. */
  override async load(key: string): Promise<SessionRecord | undefined> {
    const [expiresAt, text] = await this.#read(key);
    if (expiresAt === null && text === null) return undefined;
    return decodeRecord(text ?? '', Number(expiresAt));
  }

  override async create(record: SessionRecord): Promise<boolean> {
    const owner = ownerOf(record);
    if (owner) await this.#users.add(record.key, owner);
    const args = this.#argsFor(record.key, ...contentOf(record, owner));
    return (await this.#scripts.run(CREATE, args)) === 'created';
  }

  /** One command, unless the record is to belong to another user, or to live for longer than the index lists it. */
  override async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const owner = ownerOf(record);
    const outcome = await this.#save(record, owner, expectedRevision, '');
    if (outcome !== 'unindexed') return outcome;
    await this.#users.add(record.key, owner);
    return (await this.#save(record, owner, expectedRevision, 'indexed')) as SaveOutcome;
  }

  /** One command, unless the record is to live for longer than the index lists it. */
  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const args = this.#argsFor(key, revision, String(expiresAt), forgetAt(expiresAt));
    const [outcome, user] = (await this.#scripts.run(TOUCH, [...args, ''])) as string[];
    if (user === undefined) return outcome === 'touched';
    const owner = ownerUntil(user, expiresAt);
    await this.#users.add(key, owner);
    const [outcomeThen] = (await this.#scripts.run(TOUCH, [...args, owner])) as string[];
    return outcomeThen === 'touched';
  }

  override async delete(key: string, revision = ''): Promise<boolean> {
    const answer = await this.#scripts.runDurably(DELETE, this.#argsFor(key, revision));
    const [outcome, owner] = answer as [outcome: string, owner?: string];
    if (owner) await this.#users.remove(key, owner);
    return outcome === 'deleted';
  }

  listByUser(userId: string): Promise<LiveRecord[]> {
    return this.#users.listByUser(userId, (key) => this.load(key));
  }

  async currentTime(): Promise<number> {
    const { clock } = this.#settings;
    if (clock) return clock.now();
    try {
      const [seconds, microseconds] = await this.#client.time();
      return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
    } catch (error) {
      throw withoutCommand(error);
    }
  }

  async #save(
    record: SessionRecord,
    owner: string,
    expectedRevision: string,
    isIndexed: 'indexed' | '',
  ): Promise<SaveOutcome | 'unindexed'> {
    const isEnd = record.kind === 'marker';
    const content = contentOf(record, owner);
    const args = this.#argsFor(record.key, ...content, expectedRevision, isIndexed);
    const answer = await (isEnd
      ? this.#scripts.runDurably(SAVE, args)
      : this.#scripts.run(SAVE, args));
    const [outcome, former] = answer as [outcome: SaveOutcome | 'unindexed', former?: string];
    if (isEnd && former) await this.#users.remove(record.key, former);
    return outcome;
  }

  async #read(key: string): Promise<(string | null | undefined)[]> {
    try {
      return await this.#client.hmget(this.#keyOf(key), 'expiresAt', 'record');
    } catch (error) {
      throw withoutCommand(error);
    }
  }

  #keyOf(key: string): string {
    return `${this.#settings.namespace}:${key}`;
  }

  #argsFor(key: string, ...args: readonly string[]): ScriptArgs {
    return [this.#keyOf(key), this.#now(), ...args];
  }

  /** What scripts take for the current instant. */
  #now(): string {
    return String(this.#settings.clock?.now() ?? '');
  }
}

function contentOf(record: SessionRecord, owner: string): string[] {
  const { revision, expiresAt } = record;
  return [revision, String(expiresAt), encodeRecord(record), forgetAt(expiresAt), owner];
}

function forgetAt(expiresAt: number): string {
  return String(Math.ceil(expiresAt) + CLOCK_TOLERANCE_MS);
}
