import { randomUUID } from 'node:crypto';
import type { Changes } from '../core/session/changes.js';
import { idleDeadline } from '../core/options/lifetime.js';
import type { RevisionSource } from '../core/record/revision.js';
import { sessionGone, sessionTooLarge } from '../core/errors/session-errors.js';
import { newSessionId, renewedId, storeKeyOf } from '../core/record/session-id.js';
import { encodeRecord, type LiveRecord, type Tombstone } from '../core/record/session-record.js';
import {
  isRenewalConfirmed,
  type LoadedSession,
  type SessionPhase,
} from '../core/session/session-phase.js';
import type { VerifiedStore, NotSaved } from './verified-store.js';
import type { CommitSettings } from './commit-settings.js';
import {
  changedRecord,
  closingRedirect,
  firstRecord,
  tombstoneAfter,
  NO_ORIGIN,
  type Origin,
  renewedRecord,
  restoredRecord,
  redirectAfter,
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
    private readonly store: VerifiedStore,
    private readonly settings: CommitSettings,
    private readonly revisions: RevisionSource,
    promisedId?: string,
  ) {
    this.#promisedId = promisedId;
    this.#limit = new UserLimit(store, settings.perUser, settings);
  }

  /** Resolves to the new phase of the session, unless another request was first. */
  carryOut(
    { call }: Plan,
    phase: SessionPhase,
    changes: Changes,
  ): Promise<SessionPhase | Overtaken> {
    switch (call) {
      case 'none':
        return Promise.resolve(phase);
      case 'refuse':
        throw sessionGone();
      case 'create':
        return this.#create(changes);
      case 'delete':
        return this.#delete(phase as LoadedSession);
      case 'touch':
        return this.#touch(phase as LoadedSession);
      case 'save':
        return this.#save(phase as LoadedSession, changes);
      case 'rotate':
        return this.#rotate(phase as LoadedSession, changes);
      case 'renew':
        return this.#renew(phase as LoadedSession, changes);
      default:
        return call satisfies never;
    }
  }

  #create(changes: Changes): Promise<LoadedSession | Overtaken> {
    return this.#createFrom(NO_ORIGIN, changes, () => this.#newSession(NO_ORIGIN, changes));
  }

  #createFrom(
    origin: Origin,
    changes: Changes,
    draw: () => LoadedSession,
  ): Promise<LoadedSession | Overtaken> {
    return this.#limit.enforce(origin, changes, {
      write: async () => (await this.store.create(draw)) ?? OVERTAKEN,
      undo: (record) => this.store.delete(record),
    });
  }

  #newSession(origin: Origin, changes: Changes): LoadedSession {
    const id = this.#promisedId ?? newSessionId();
    this.#promisedId = undefined;
    const record = firstRecord(storeKeyOf(id), origin, changes, this.#write);
    return { kind: 'live', id, record: this.#sized(record) };
  }

  /**
   * Deletes the very record that was loaded: after a rotation there is a tombstone, which is not this request's to
   * remove.
   */
  async #delete({ record }: LoadedSession): Promise<SessionPhase | Overtaken> {
    return (await this.store.delete(record)) ? { kind: 'destroyed' } : OVERTAKEN;
  }

  #save(phase: LoadedSession, changes: Changes): Promise<LoadedSession | Overtaken> {
    return this.#limit.enforce(phase.record, changes, {
      write: () => this.#saveNow(phase, changes),
      undo: (record) => this.#restore(phase.record, record),
    });
  }

  async #saveNow(phase: LoadedSession, changes: Changes): Promise<LoadedSession | Overtaken> {
    const previous = isRenewalConfirmed(phase)
      ? await this.#withoutOldId(phase.record)
      : phase.record;
    const record = changedRecord(previous, changes, this.#write);
    const expiry = changes.lifetime ? 'given' : 'latest';
    const saved = await this.store.save(this.#sized(record), previous.revision, expiry);
    return saved.outcome === 'saved' ? { ...phase, record } : overtaken(saved);
  }

  /** Ends the validity of a renewed id's predecessor. If another request was first, it has already done so. */
  async #withoutOldId(record: LiveRecord): Promise<LiveRecord> {
    const { renewedFrom, ...rest } = record;
    const tombstone = closingRedirect(renewedFrom!, record, this.#write);
    await this.store.save(tombstone, renewedFrom!.revision);
    return rest;
  }

  #rotate(
    { record: previous }: LoadedSession,
    changes: Changes,
  ): Promise<LoadedSession | Overtaken> {
    return this.#move(
      previous,
      () => this.#createFrom(previous, changes, () => this.#newSession(previous, changes)),
      () => tombstoneAfter(previous, this.#write),
    );
  }

  #renew(
    { id: oldId, record: previous }: LoadedSession,
    changes: Changes,
  ): Promise<LoadedSession | Overtaken> {
    const way = { key: previous.key, revision: this.revisions.next(), salt: '' };
    const draw = (): LoadedSession => {
      way.salt = randomUUID();
      const id = renewedId(oldId, way.salt);
      const record = renewedRecord(storeKeyOf(id), previous, { ...way }, changes, this.#write);
      return { kind: 'live', id, record: this.#sized(record), isCookiePending: true };
    };
    return this.#move(
      previous,
      () => this.#createFrom(previous, changes, draw),
      () => redirectAfter(previous, way),
    );
  }

  /**
   * The new record first, then the tombstone in place of the old one: the session exists at every instant. If the
   * outcome of the second step stays unknown, the new record stays too: without it, the session might be lost.
   */
  async #move(
    previous: LiveRecord,
    create: () => Promise<LoadedSession | Overtaken>,
    tombstone: () => Tombstone,
  ): Promise<LoadedSession | Overtaken> {
    const next = await create();
    if (next.kind === 'overtaken') return next;
    const saved = await this.store.save(tombstone(), previous.revision);
    if (saved.outcome === 'saved') return next;
    await this.store.delete(next.record);
    return overtaken(saved);
  }

  /** If others have already changed the record that has to go, the session ends: it must not stay with its user. */
  async #restore(previous: LiveRecord, record: LiveRecord): Promise<void> {
    const restored = restoredRecord(previous, record, this.revisions.next());
    const { outcome } = await this.store.save(restored, record.revision);
    if (outcome === 'conflict') await this.store.remove(record.key);
  }

  /** A failed touch fails no request, and waits for the next request before it is retried. */
  async #touch(phase: LoadedSession): Promise<LoadedSession> {
    const { record } = phase;
    const { lifetime, absoluteExpiresAt } = record;
    const expiresAt = idleDeadline(this.#lifetimes, lifetime, this.#now, absoluteExpiresAt);
    try {
      await this.store.touch(record.key, expiresAt, record.revision);
    } catch (error) {
      const { cause = error } = error as Error;
      this.settings.report('The idle time of a session could not be extended.', cause);
    }
    return { ...phase, record: { ...record, expiresAt } };
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
