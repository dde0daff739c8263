import { randomUUID } from 'node:crypto';
import type { Changes } from '../core/changes.js';
import { idleDeadline } from '../core/lifetime.js';
import type { RevisionSource } from '../core/revision.js';
import { sessionGone, sessionTooLarge } from '../core/session-errors.js';
import { newSessionId, renewedId, storeKeyOf } from '../core/session-id.js';
import { encodeRecord, type LiveRecord, type RotationMarker } from '../core/session-record.js';
import { isFirstShown, type LiveStanding, type Standing } from '../core/standing.js';
import type { CertainStore, NotSaved } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import {
  changedRecord,
  closingWay,
  firstRecord,
  markerAfter,
  NO_ORIGIN,
  type Origin,
  renewedRecord,
  restoredRecord,
  wayAfter,
  type Write,
} from './next-record.js';
import { OVERTAKEN, type Overtaken } from './overtaken.js';
import type { Plan } from './plan.js';
import { UserLimit } from './user-limit.js';

/**
 * Carries plans out: one store call each, or the three of a rotation.
 *
 * @internal
 */
export class SessionWriter {
  readonly #limit: UserLimit;
  #promisedId: string | undefined;

  constructor(
    private readonly store: CertainStore,
    private readonly settings: CommitSettings,
    private readonly revisions: RevisionSource,
    promisedId?: string,
  ) {
    this.#promisedId = promisedId;
    this.#limit = new UserLimit(store, settings.perUser, settings);
  }

  /** Resolves to where the session stands now, unless another request was first. */
  carryOut({ call }: Plan, standing: Standing, changes: Changes): Promise<Standing | Overtaken> {
    switch (call) {
      case 'none':
        return Promise.resolve(standing);
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
      case 'renew':
        return this.#renew(standing as LiveStanding, changes);
      default:
        return call satisfies never;
    }
  }

  #create(changes: Changes): Promise<LiveStanding | Overtaken> {
    return this.#createFrom(NO_ORIGIN, changes, () => this.#newSession(NO_ORIGIN, changes));
  }

  #createFrom(
    origin: Origin,
    changes: Changes,
    draw: () => LiveStanding,
  ): Promise<LiveStanding | Overtaken> {
    return this.#limit.admit(origin, changes, {
      write: async () => (await this.store.create(draw)) ?? OVERTAKEN,
      takeBack: (record) => this.store.delete(record),
    });
  }

  #newSession(origin: Origin, changes: Changes): LiveStanding {
    const id = this.#promisedId ?? newSessionId();
    this.#promisedId = undefined;
    const record = firstRecord(storeKeyOf(id), origin, changes, this.#write);
    return { kind: 'live', id, record: this.#sized(record) };
  }

  /** Of the very record that was seen: a rotation meanwhile has put a marker there, which is not this request's to remove. */
  async #delete({ record }: LiveStanding): Promise<Standing | Overtaken> {
    return (await this.store.delete(record)) ? { kind: 'destroyed' } : OVERTAKEN;
  }

  #save(standing: LiveStanding, changes: Changes): Promise<LiveStanding | Overtaken> {
    return this.#limit.admit(standing.record, changes, {
      write: () => this.#saveNow(standing, changes),
      takeBack: (record) => this.#restore(standing.record, record),
    });
  }

  async #saveNow(standing: LiveStanding, changes: Changes): Promise<LiveStanding | Overtaken> {
    const previous = isFirstShown(standing)
      ? await this.#withoutPredecessor(standing.record)
      : standing.record;
    const record = changedRecord(previous, changes, this.#write);
    const saved = await this.store.save(this.#sized(record), previous.revision);
    return saved.outcome === 'saved' ? { ...standing, record } : overtaken(saved);
  }

  /** Ends the time of an id that was renewed. Should another request have been first, it has been done. */
  async #withoutPredecessor(record: LiveRecord): Promise<LiveRecord> {
    const { predecessor, ...rest } = record;
    const marker = closingWay(predecessor!, record, this.#write);
    await this.store.save(marker, predecessor!.revision);
    return rest;
  }

  #rotate({ record: previous }: LiveStanding, changes: Changes): Promise<LiveStanding | Overtaken> {
    return this.#move(
      previous,
      () => this.#createFrom(previous, changes, () => this.#newSession(previous, changes)),
      () => markerAfter(previous, this.#write),
    );
  }

  #renew(
    { id: oldId, record: previous }: LiveStanding,
    changes: Changes,
  ): Promise<LiveStanding | Overtaken> {
    const way = { key: previous.key, revision: this.revisions.next(), salt: '' };
    const draw = (): LiveStanding => {
      way.salt = randomUUID();
      const id = renewedId(oldId, way.salt);
      const record = renewedRecord(storeKeyOf(id), previous, { ...way }, changes, this.#write);
      return { kind: 'live', id, record: this.#sized(record), isOffered: true };
    };
    return this.#move(
      previous,
      () => this.#createFrom(previous, changes, draw),
      () => wayAfter(previous, way),
    );
  }

  /**
   * The new record first, then the marker in place of the old one: at every instant the session exists. Should the
   * outcome of the second step stay unknown, the new record stays too: without it, the session might be lost.
   */
  async #move(
    previous: LiveRecord,
    create: () => Promise<LiveStanding | Overtaken>,
    marker: () => RotationMarker,
  ): Promise<LiveStanding | Overtaken> {
    const next = await create();
    if (next.kind === 'overtaken') return next;
    const saved = await this.store.save(marker(), previous.revision);
    if (saved.outcome === 'saved') return next;
    await this.store.delete(next.record);
    return overtaken(saved);
  }

  /** Where others have built on the record that is to go, the session ends: it must not stay with its user. */
  async #restore(previous: LiveRecord, record: LiveRecord): Promise<void> {
    const restored = restoredRecord(previous, record, this.revisions.next());
    const { outcome } = await this.store.save(restored, record.revision);
    if (outcome === 'conflict') await this.store.remove(record.key);
  }

  /** A touch that fails fails no request, and is not tried again before the next one. */
  async #touch(standing: LiveStanding): Promise<LiveStanding> {
    const { record } = standing;
    const { lifetime, absoluteExpiresAt } = record;
    const expiresAt = idleDeadline(this.#lifetimes, lifetime, this.#now, absoluteExpiresAt);
    try {
      await this.store.touch(record.key, expiresAt, record.revision);
    } catch (error) {
      const { cause = error } = error as Error;
      this.settings.report('The idle time of a session could not be extended.', cause);
    }
    return { ...standing, record: { ...record, expiresAt } };
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

function overtaken(result: NotSaved): Overtaken {
  if (result.outcome === 'gone') throw sessionGone();
  return { kind: 'overtaken', found: result.found };
}
