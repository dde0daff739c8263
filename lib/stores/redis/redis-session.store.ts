import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import {
  decodeRecord,
  type LiveRecord,
  type SessionRecord,
} from '../../core/record/session-record.js';
import {
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type StoreTime,
  type UserIndex,
} from '../../core/record/session-store.js';
import { commandsOf } from './client-commands.js';
import { isNodeRedisClient } from './node-redis-client.js';
import { OwnClient } from './own-client.js';
import type { OwnClientOptions } from './own-client-options.js';
import { isIoredisClient } from './redis-client.js';
import type { RedisCommands, ScriptArgs } from './redis-commands.js';
import { notConnected, withoutCommand } from './redis-errors.js';
import { refuseWithoutRights } from './redis-rights.js';
import { CREATE, DELETE, SAVE, TOUCH } from './redis-scripts.js';
import {
  parseRedisOptions,
  REDIS_SESSION_STORE_OPTIONS,
  type RedisSessionStoreOptions,
  type RedisSettings,
} from './redis-session-store-options.js';
import { contentOf, forgetAt } from './record-fields.js';
import { ScriptRunner } from './script-runner.js';
import { ownerOf, ownerUntil, UserKeys } from './user-keys.js';

/**
 * Keeps sessions in Redis: a single server, Sentinel or Cluster. One hash per session, one command per operation, and
 * every condition inside a script on that one key; beside them an index by user.
 *
 * @publicApi
 */
@Injectable()
export class RedisSessionStore
  extends SessionStore
  implements UserIndex, StoreTime, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  readonly #settings: RedisSettings;
  readonly #own: OwnClient | undefined;
  readonly #commands: RedisCommands;
  readonly #scripts: ScriptRunner;
  readonly #users: UserKeys;

  constructor(
    @Optional() @Inject(REDIS_SESSION_STORE_OPTIONS) options: RedisSessionStoreOptions = {},
  ) {
    super();
    this.#settings = parseRedisOptions(options);
    const { client, namespace } = this.#settings;
    const given = isIoredisClient(client) || isNodeRedisClient(client) ? client : undefined;
    this.#own = given ? undefined : new OwnClient(client as OwnClientOptions | string);
    this.#commands = commandsOf(given ?? this.#own!);
    this.#scripts = new ScriptRunner(this.#commands, this.#settings.durability);
    this.#users = new UserKeys(this.#commands, this.#scripts, namespace, () => this.#now());
  }

  /**
   * Rejects if Redis refuses scripts or writes, or if the store's own connection fails. It does not check a client that
   * connects later (`lazyConnect`).
   */
  async onModuleInit(): Promise<void> {
    await this.#own?.check();
    if (!isNodeRedisClient(this.#settings.client)) await this.#checkRights();
  }

  /** As `onModuleInit`, for a client of node-redis; also rejects if the application has not connected it. */
  async onApplicationBootstrap(): Promise<void> {
    if (!isNodeRedisClient(this.#settings.client)) return;
    if (await this.#commands.isIdle()) throw notConnected();
    await this.#checkRights();
  }

  /** Closes the store's own connection, after the last request. A client of the application stays open. */
  async onApplicationShutdown(): Promise<void> {
    await this.#own?.close();
  }

  /** Includes an expired record, until Redis removes it. */
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

  /** One command, unless the record gets another user, or outlasts its entry in the index. */
  override async save(
    record: SessionRecord,
    expectedRevision: string,
    expiry: SavedExpiry = 'given',
  ): Promise<SaveOutcome> {
    const owner = ownerOf(record);
    const content = [...contentOf(record, owner), expectedRevision, expiry];
    const outcome = await this.#save(record, [...content, '']);
    if (outcome !== 'unindexed') return outcome;
    await this.#users.add(record.key, owner);
    return (await this.#save(record, [...content, 'indexed'])) as SaveOutcome;
  }

  /** One command, unless the record outlasts its entry in the index. */
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
      const [seconds, microseconds] = await this.#commands.time();
      return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
    } catch (error) {
      throw withoutCommand(error);
    }
  }

  async #save(
    { kind, key }: SessionRecord,
    content: readonly string[],
  ): Promise<SaveOutcome | 'unindexed'> {
    const isEnd = kind === 'tombstone';
    const args = this.#argsFor(key, ...content);
    const answer = await (isEnd
      ? this.#scripts.runDurably(SAVE, args)
      : this.#scripts.run(SAVE, args));
    const [outcome, former] = answer as [outcome: SaveOutcome | 'unindexed', former?: string];
    if (isEnd && former) await this.#users.remove(key, former);
    return outcome;
  }

  async #read(key: string): Promise<(string | null | undefined)[]> {
    try {
      return await this.#commands.hmget(this.#keyOf(key), 'expiresAt', 'record');
    } catch (error) {
      throw withoutCommand(error);
    }
  }

  async #checkRights(): Promise<void> {
    try {
      await refuseWithoutRights(this.#commands, this.#scripts, this.#keyOf('probe'));
    } catch (error) {
      await this.#own?.close();
      throw error;
    }
  }

  #keyOf(key: string): string {
    return `${this.#settings.namespace}:${key}`;
  }

  #argsFor(key: string, ...args: readonly string[]): ScriptArgs {
    return [this.#keyOf(key), this.#now(), ...args];
  }

  /** The current instant as an argument of scripts. */
  #now(): string {
    return String(this.#settings.clock?.now() ?? '');
  }
}
