import type { Changes } from '../core/changes.js';
import { idleDeadline } from '../core/lifetime.js';
import type { RevisionSource } from '../core/revision.js';
import { sessionGone, sessionTooLarge } from '../core/session-errors.js';
import { newSessionId, storeKeyOf } from '../core/session-id.js';
import { encodeRecord, type LiveRecord } from '../core/session-record.js';
import type { LiveStanding, Standing } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import {
  changedRecord,
  firstRecord,
  markerAfter,
  NO_ORIGIN,
  type Origin,
  type Write,
} from './next-record.js';
import type { Plan } from './plan.js';

/**
 * Carries plans out: one store call each, or the three of a rotation.
 *
 * @internal
 */
export class SessionWriter {
  constructor(
    private readonly store: CertainStore,
    private readonly settings: CommitSettings,
    private readonly revisions: RevisionSource,
  ) {}

  /** Resolves to where the session stands now, or to undefined when another request was first. */
  async carryOut(
    { call }: Plan,
    standing: Standing,
    changes: Changes,
  ): Promise<Standing | undefined> {
    switch (call) {
      case 'none':
        return standing;
      case 'refuse':
        throw sessionGone();
      case 'create':
        return this.#create(changes);
      case 'delete':
        return this.#delete(standing as LiveStanding);
      case 'touch':
        return this.#touch(standing as LiveStanding);
      case 'save':
        return this.#save(standing as LiveStanding, changes);
      case 'rotate':
        return this.#rotate(standing as LiveStanding, changes);
      default:
        return call satisfies never;
    }
  }

  #create(changes: Changes): Promise<LiveStanding | undefined> {
    return this.store.create(() => this.#newSession(NO_ORIGIN, changes));
  }

  #newSession(origin: Origin, changes: Changes): LiveStanding {
    const id = newSessionId();
    const record = firstRecord(storeKeyOf(id), origin, changes, this.#write);
    return { kind: 'live', id, record: this.#sized(record) };
  }

  async #delete({ record }: LiveStanding): Promise<Standing> {
    await this.store.delete(record.key);
    return { kind: 'destroyed' };
  }

  async #save(
    { id, record: previous }: LiveStanding,
    changes: Changes,
  ): Promise<LiveStanding | undefined> {
    const record = changedRecord(previous, changes, this.#write);
    const outcome = await this.store.save(this.#sized(record), previous.revision);
    if (outcome === 'gone') throw sessionGone();
    return outcome === 'saved' ? { kind: 'live', id, record } : undefined;
  }

  /**
   * The new record first, then the marker in place of the old one: at every instant the session exists. Should the
   * outcome of the second step stay unknown, the new record stays too: without it, the session might be lost.
   */
  async #rotate(
    { record: previous }: LiveStanding,
    changes: Changes,
  ): Promise<LiveStanding | undefined> {
    const next = await this.store.create(() => this.#newSession(previous, changes));
    if (!next) return undefined;
    const outcome = await this.store.save(markerAfter(previous, this.#write), previous.revision);
    if (outcome === 'saved') return next;
    await this.store.delete(next.record.key);
    if (outcome === 'gone') throw sessionGone();
    return undefined;
  }

  /** A touch that fails fails no request, and is not tried again before the next one. */
  async #touch({ id, record }: LiveStanding): Promise<LiveStanding> {
    const { lifetime, absoluteExpiresAt } = record;
    const expiresAt = idleDeadline(this.#lifetimes, lifetime, this.#now, absoluteExpiresAt);
    try {
      await this.store.touch(record.key, expiresAt, record.revision);
    } catch (error) {
      const { cause = error } = error as Error;
      this.settings.report('The idle time of a session could not be extended.', cause);
    }
    return { kind: 'live', id, record: { ...record, expiresAt } };
  }

  #sized(record: LiveRecord): LiveRecord {
    const { recordBytes } = this.settings;
    const bytes = Buffer.byteLength(encodeRecord(record));
    if (bytes > recordBytes) throw sessionTooLarge(bytes, recordBytes);
    return record;
  }

  get #write(): Write {
    return { policy: this.#lifetimes, revision: this.revisions.next(), now: this.#now };
  }

  get #lifetimes(): CommitSettings['lifetimes'] {
    return this.settings.lifetimes;
  }

  get #now(): number {
    return this.settings.clock.now();
  }
}
