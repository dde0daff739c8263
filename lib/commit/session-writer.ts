import type { Changes } from '../core/session/changes.js';
import { idleDeadline } from '../core/options/deadlines.js';
import type { RevisionSource } from '../core/record/revision.js';
import { sessionGone } from '../core/errors/session-errors.js';
import type { LiveRecord } from '../core/record/session-record.js';
import {
  isRenewalConfirmed,
  type LoadedSession,
  type SessionPhase,
} from '../core/session/session-phase.js';
import type { CommitSettings } from './commit-settings.js';
import {
  changedRecord,
  nextWrite,
  restoredRecord,
  sizedRecord,
  type Write,
} from './next-record.js';
import { OVERTAKEN, type Overtaken, overtakenBy } from './overtaken.js';
import type { Plan } from './plan.js';
import { SessionCreator } from './session-creator.js';
import { closingRedirect } from './tombstones.js';
import { UserLimit } from './user-limit.js';
import type { VerifiedStore } from './verified-store.js';

/**
 * Carries plans out: one store call each, or the three of a rotation.
 *
 * @internal
 */
export class SessionWriter {
  readonly #limit: UserLimit;
  readonly #creator: SessionCreator;

  constructor(
    private readonly store: VerifiedStore,
    private readonly settings: CommitSettings,
    private readonly revisions: RevisionSource,
    promisedId?: string,
  ) {
    this.#limit = new UserLimit(store, settings.perUser, settings);
    this.#creator = new SessionCreator(store, settings, {
      revisions,
      limit: this.#limit,
      promisedId,
    });
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
        return this.#creator.create(changes);
      case 'delete':
        return this.#delete(phase as LoadedSession);
      case 'touch':
        return this.#touch(phase as LoadedSession);
      case 'save':
        return this.#save(phase as LoadedSession, changes);
      case 'rotate':
        return this.#creator.rotate(phase as LoadedSession, changes);
      case 'renew':
        return this.#creator.renew(phase as LoadedSession, changes);
      default:
        return call satisfies never;
    }
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
    const saved = await this.store.save(
      sizedRecord(record, this.settings),
      previous.revision,
      expiry,
    );
    return saved.outcome === 'saved' ? { ...phase, record } : overtakenBy(saved);
  }

  /** Ends the validity of a renewed id's predecessor. If another request was first, it has already done so. */
  async #withoutOldId(record: LiveRecord): Promise<LiveRecord> {
    const { renewedFrom, ...rest } = record;
    const tombstone = closingRedirect(renewedFrom!, record, this.#write);
    await this.store.save(tombstone, renewedFrom!.revision);
    return rest;
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
    const expiresAt = idleDeadline(this.settings.lifetimes, lifetime, this.#now, absoluteExpiresAt);
    try {
      await this.store.touch(record.key, expiresAt, record.revision);
    } catch (error) {
      const { cause = error } = error as Error;
      this.settings.report('The idle time of a session could not be extended.', cause);
    }
    return { ...phase, record: { ...record, expiresAt } };
  }

  get #now(): number {
    return this.settings.clock.now();
  }

  get #write(): Write {
    return nextWrite(this.settings, this.revisions);
  }
}
