import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { decodeRecord, encodeRecord, type SessionRecord } from '../../core/session-record.js';
import { type SaveOutcome, SessionStore } from '../../core/session-store.js';
import { OwnClient } from './own-client.js';
import { isRedisClient, type RedisClient } from './redis-client.js';
import { withoutCommand } from './redis-errors.js';
import { CREATE, DELETE, SAVE, TOUCH } from './redis-scripts.js';
import {
  parseRedisOptions,
  type RedisSessionStoreOptions,
  type RedisSettings,
} from './redis-session-store-options.js';
import { type ScriptArgs, ScriptRunner } from './script-runner.js';

/**
 * The token of the options, for `store: RedisSessionStore` with options that a module provides.
 *
 * @publicApi
 */
export const REDIS_SESSION_STORE_OPTIONS = 'RedisSessionStoreOptions';

/** Redis forgets a record so much after it has expired: its clock may run ahead of the application's. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Keeps sessions in Redis or Valkey: a single server, Sentinel or Cluster. One hash per session, one command per
 * operation, and every condition inside a script on that one key.
 *
 * @publicApi
 */
@Injectable()
export class RedisSessionStore extends SessionStore implements OnModuleInit, OnApplicationShutdown {
  readonly #settings: RedisSettings;
  readonly #own: OwnClient | undefined;
  readonly #client: RedisClient;
  readonly #scripts: ScriptRunner;

  constructor(
    @Optional() @Inject(REDIS_SESSION_STORE_OPTIONS) options: RedisSessionStoreOptions = {},
  ) {
    super();
    this.#settings = parseRedisOptions(options);
    const { client } = this.#settings;
    this.#own = isRedisClient(client) ? undefined : new OwnClient(client);
    this.#client = this.#own?.redis ?? (client as RedisClient);
    this.#scripts = new ScriptRunner(this.#client, this.#settings.durability);
  }

  /** Checks the connection that the store made, unless `lazyConnect` puts that off. */
  async onModuleInit(): Promise<void> {
    await this.#own?.check();
  }

  /** Closes the connection that the store made, after the last request. One that it was given stays open. */
  async onApplicationShutdown(): Promise<void> {
    await this.#own?.close();
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const [expiresAt, text] = await this.#read(key);
    if (expiresAt === null && text === null) return undefined;
    if (Number(expiresAt) <= this.#settings.clock.now()) return undefined;
    return decodeRecord(text ?? '', Number(expiresAt));
  }

  override async create(record: SessionRecord): Promise<boolean> {
    const args = this.#argsFor(record.key, ...contentOf(record));
    return (await this.#scripts.run(CREATE, args)) === 'created';
  }

  override async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const args = this.#argsFor(record.key, ...contentOf(record), expectedRevision);
    const outcome = await (record.kind === 'marker'
      ? this.#scripts.runDurably(SAVE, args)
      : this.#scripts.run(SAVE, args));
    return outcome as SaveOutcome;
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const args = this.#argsFor(key, revision, String(expiresAt), forgetAt(expiresAt));
    return (await this.#scripts.run(TOUCH, args)) === 'touched';
  }

  override async delete(key: string): Promise<boolean> {
    return (await this.#scripts.runDurably(DELETE, this.#argsFor(key))) === 'deleted';
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
    return [this.#keyOf(key), String(this.#settings.clock.now()), ...args];
  }
}

function contentOf(record: SessionRecord): string[] {
  const { revision, expiresAt } = record;
  return [revision, String(expiresAt), encodeRecord(record), forgetAt(expiresAt)];
}

function forgetAt(expiresAt: number): string {
  return String(Math.ceil(expiresAt) + CLOCK_TOLERANCE_MS);
}
