import { Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { type Clock, systemClock } from '../../core/clock.js';
import { completeOptions } from '../../core/complete-options.js';
import { configInvalid } from '../../core/session-errors.js';
import { decodeRecord, encodeRecord, type SessionRecord } from '../../core/session-record.js';
import { type ExpiredDeletion, type SaveOutcome, SessionStore } from '../../core/session-store.js';
import { ExpiryBuckets } from './expiry-buckets.js';

/** @publicApi */
export interface MemorySessionStoreOptions {
  /**
   * So many sessions fit. When they are all alive, a visitor who needs a new one gets 503; nobody's is thrown out.
   *
   * @default 100_000
   */
  readonly maxSessions?: number;
  /**
   * So many bytes of records fit, counted as JSON text. When they are taken, creating and growing is refused with 503.
   *
   * @default 134_217_728 (128 MiB)
   */
  readonly maxBytes?: number;
  /** @default the clock of the machine */
  readonly clock?: Clock;
}

interface Entry {
  text: string;
  revision: string;
  expiresAt: number;
  /** The expiry under which the key was filed last; the true one may be later. */
  filedFor: number;
}

const DEFAULTS: Required<MemorySessionStoreOptions> = Object.freeze({
  maxSessions: 100_000,
  maxBytes: 128 * 1024 * 1024,
  clock: systemClock,
});
const PURGE_EVERY_MS = 10_000;
const BUCKET_SPAN_MS = 1_000;
/** So few that the event loop is held for less than a millisecond. */
const PURGE_BATCH = 500;

/**
 * Keeps sessions in this process, as text, and loses them when it ends. For tests, development, and applications of
 * one process that can do without their sessions after a restart.
 *
 * Bounded: when it is full of live sessions, it refuses new ones rather than ending somebody's.
 *
 * @publicApi
 */
@Injectable()
export class MemorySessionStore extends SessionStore implements ExpiredDeletion, OnModuleDestroy {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #maxBytes: number;
  readonly #expiry: ExpiryBuckets;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Optional() options: MemorySessionStoreOptions = {}) {
    super();
    const { maxSessions, maxBytes, clock } = completeOptions(
      'MemorySessionStore ',
      options,
      DEFAULTS,
    );
    this.#maxSessions = positive('maxSessions', maxSessions);
    this.#maxBytes = positive('maxBytes', maxBytes);
    this.#clock = clock;
    this.#expiry = new ExpiryBuckets(this.#clock.now(), BUCKET_SPAN_MS);
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const entry = this.#live(key);
    return entry && decodeRecord(entry.text, entry.expiresAt);
  }

  override async create(record: SessionRecord): Promise<boolean> {
    if (this.#live(record.key)) return false;
    const text = encodeRecord(record);
    if (this.#entries.size >= this.#maxSessions) this.#makeRoom();
    this.#takeBytes(text.length);
    const { key, revision, expiresAt } = record;
    this.#entries.set(key, { text, revision, expiresAt, filedFor: expiresAt });
    this.#expiry.add(key, expiresAt);
    this.#timer ??= setInterval(() => void this.#purge(), PURGE_EVERY_MS).unref();
    return true;
  }

  override async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const entry = this.#live(record.key);
    if (!entry) return 'gone';
    if (entry.revision !== expectedRevision) return 'conflict';
    const text = encodeRecord(record);
    this.#takeBytes(text.length - entry.text.length);
    entry.text = text;
    entry.revision = record.revision;
    this.#moveExpiry(record.key, entry, record.expiresAt);
    return 'saved';
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const entry = this.#live(key);
    if (entry?.revision !== revision) return false;
    this.#moveExpiry(key, entry, expiresAt);
    return true;
  }

  override async delete(key: string): Promise<boolean> {
    return this.#live(key) !== undefined && this.#remove(key);
  }

  async deleteExpired(limit = Infinity): Promise<number> {
    return this.#sweep(limit).deleted;
  }

  /** Stops the purge; the sessions stay until the process ends. */
  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** The entry of a key if it has not expired; one that has is removed. */
  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#clock.now() < entry.expiresAt) return entry;
    this.#remove(key);
    return undefined;
  }

  #remove(key: string): boolean {
    this.#bytes -= this.#entries.get(key)?.text.length ?? 0;
    return this.#entries.delete(key);
  }

  /** A later expiry leaves the key where it is filed: it moves on when it is drawn, once per idle time. */
  #moveExpiry(key: string, entry: Entry, expiresAt: number): void {
    entry.expiresAt = expiresAt;
    if (expiresAt >= entry.filedFor) return;
    entry.filedFor = expiresAt;
    this.#expiry.add(key, expiresAt);
  }

  #takeBytes(bytes: number): void {
    if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      this.#sweep(Infinity);
      if (this.#bytes + bytes > this.#maxBytes) throw full('maxBytes');
    }
    this.#bytes += bytes;
  }

  #makeRoom(): void {
    if (this.#sweep(Infinity).deleted === 0) throw full('maxSessions');
  }

  /** Goes through up to `limit` keys that are due, removes the expired ones and files the others anew. */
  #sweep(limit: number): { deleted: number; isDone: boolean } {
    const now = this.#clock.now();
    let deleted = 0;
    for (let drawn = 0; drawn < limit; drawn++) {
      const key = this.#expiry.draw(now);
      if (key === undefined) return { deleted, isDone: true };
      if (this.#entries.has(key) && this.#live(key) === undefined) deleted++;
      else this.#fileAgain(key, now);
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

function positive(option: string, given: number): number {
  if (Number.isInteger(given) && given > 0) return given;
  throw configInvalid(`MemorySessionStore ${option}`, 'a positive whole number', String(given));
}

function full(option: string): Error {
  return new Error(`The memory store is full of live sessions (\`${option}\`)`);
}
