import { Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import type { Clock } from '../../core/options/clock.js';
import {
  decodeRecord,
  encodeRecord,
  type LiveRecord,
  type SessionRecord,
} from '../../core/record/session-record.js';
import {
  type ExpiredDeletion,
  expiryAfter,
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type UserIndex,
} from '../../core/record/session-store.js';
import { userIdOf } from '../../core/record/user-index.js';
import { type Entry, newEntry } from './entry.js';
import { ExpiryBuckets } from './expiry-buckets.js';
import { KeysByUser } from './keys-by-user.js';
import {
  type MemorySessionStoreOptions,
  parseMemoryOptions,
  storeFull,
} from './memory-session-store-options.js';

const PURGE_EVERY_MS = 10_000;
const BUCKET_SPAN_MS = 1_000;
/** Small enough to block the event loop for less than a millisecond. */
const PURGE_BATCH = 500;

/**
 * Keeps sessions in this process, as text, and loses them when it ends. For tests, development, and applications of one
 * process that can do without their sessions after a restart.
 *
 * Bounded: when it is full of live sessions, it refuses new ones rather than evicting any.
 *
 * @publicApi
 */
@Injectable()
export class MemorySessionStore
  extends SessionStore
  implements ExpiredDeletion, UserIndex, OnModuleDestroy
{
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #maxBytes: number;
  readonly #expiry: ExpiryBuckets;
  readonly #users = new KeysByUser();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Optional() options: MemorySessionStoreOptions = {}) {
    super();
    const { maxSessions, maxBytes, clock } = parseMemoryOptions(options);
    this.#maxSessions = maxSessions;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#expiry = new ExpiryBuckets(this.#clock.now(), BUCKET_SPAN_MS);
  }

  /** Includes an expired record, until the purge. */
  override async load(key: string): Promise<SessionRecord | undefined> {
    const entry = this.#live(key) ?? this.#expired(key);
    return entry && decodeRecord(entry.text, entry.expiresAt);
  }

  override async create(record: SessionRecord): Promise<boolean> {
    if (this.#live(record.key)) return false;
    this.#remove(record.key);
    const text = encodeRecord(record);
    const isFull = this.#entries.size >= this.#maxSessions;
    if (isFull && this.#sweep(Infinity).deleted === 0) throw storeFull('maxSessions');
    this.#takeBytes(text.length);
    const entry = newEntry(record, text);
    this.#entries.set(record.key, entry);
    this.#giveTo(userIdOf(record), record.key, entry);
    this.#expiry.add(record.key, record.expiresAt);
    this.#timer ??= setInterval(() => void this.#purge(), PURGE_EVERY_MS).unref();
    return true;
  }

  override async save(
    record: SessionRecord,
    expectedRevision: string,
    expiry: SavedExpiry = 'given',
  ): Promise<SaveOutcome> {
    const entry = this.#live(record.key);
    if (!entry) return 'gone';
    if (entry.revision !== expectedRevision) return 'conflict';
    const text = encodeRecord(record);
    this.#takeBytes(text.length - entry.text.length);
    entry.text = text;
    entry.revision = record.revision;
    this.#giveTo(userIdOf(record), record.key, entry);
    this.#moveExpiry(record.key, entry, expiryAfter(expiry, record, entry));
    return 'saved';
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const entry = this.#live(key);
    if (entry?.revision !== revision) return false;
    if (expiresAt > entry.expiresAt) this.#moveExpiry(key, entry, expiresAt);
    return true;
  }

  override async delete(key: string, revision?: string): Promise<boolean> {
    const entry = this.#entries.get(key);
    if (!entry || entry.revision !== (revision ?? entry.revision)) return false;
    const isLive = this.#live(key) !== undefined;
    return this.#remove(key) && isLive;
  }

  async listByUser(userId: string): Promise<LiveRecord[]> {
    return this.#users.of(userId).flatMap((key) => {
      const entry = this.#live(key);
      return entry ? (decodeRecord(entry.text, entry.expiresAt) as LiveRecord) : [];
    });
  }

  async deleteExpired(limit = Infinity): Promise<number> {
    return this.#sweep(limit).deleted;
  }

  /** Stops the purge; the sessions stay until the process ends. */
  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** The entry of a key if it has not expired. */
  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry) entry.isOver ||= entry.expiresAt <= this.#clock.now();
    return entry?.isOver ? undefined : entry;
  }

  /** The entry of a key if it has expired by the clock and was not purged. */
  #expired(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAt <= this.#clock.now() ? entry : undefined;
  }

  #remove(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#bytes -= entry.text.length;
    this.#giveTo(undefined, key, entry);
    return this.#entries.delete(key);
  }

  #giveTo(userId: string | undefined, key: string, entry: Entry): void {
    this.#users.move(key, entry.userId, userId);
    entry.userId = userId;
  }

  /** A later expiry leaves the key where it is filed: the purge files it again when it comes up, once per idle time. */
  #moveExpiry(key: string, entry: Entry, expiresAt: number): void {
    entry.expiresAt = expiresAt;
    if (expiresAt >= entry.filedFor) return;
    entry.filedFor = expiresAt;
    this.#expiry.add(key, expiresAt);
  }

  #takeBytes(bytes: number): void {
    if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      this.#sweep(Infinity);
      if (this.#bytes + bytes > this.#maxBytes) throw storeFull('maxBytes');
    }
    this.#bytes += bytes;
  }

  /** Checks up to `limit` due keys, removes the expired ones and files the others again. */
  #sweep(limit: number): { deleted: number; isDone: boolean } {
    const now = this.#clock.now();
    let deleted = 0;
    for (let drawn = 0; drawn < limit; drawn++) {
      const key = this.#expiry.draw(now);
      if (key === undefined) return { deleted, isDone: true };
      if (this.#live(key)) this.#fileAgain(key, now);
      else if (this.#remove(key)) deleted++;
    }
    return { deleted, isDone: false };
  }

  #fileAgain(key: string, now: number): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.filedFor > now) return;
    entry.filedFor = entry.expiresAt;
    this.#expiry.add(key, entry.expiresAt);
  }

  async #purge(): Promise<void> {
    while (!this.#sweep(PURGE_BATCH).isDone) {
      await new Promise(setImmediate);
    }
  }
}
