import { randomUUID } from 'node:crypto';
import type { Changes } from '../core/session/changes.js';
import type { RevisionSource } from '../core/record/revision.js';
import { newSessionId, renewedId, storeKeyOf } from '../core/record/session-id.js';
import type { LiveRecord, Tombstone } from '../core/record/session-record.js';
import type { LoadedSession } from '../core/session/session-phase.js';
import type { CommitSettings } from './commit-settings.js';
import {
  firstRecord,
  nextWrite,
  NO_ORIGIN,
  type Origin,
  renewedRecord,
  sizedRecord,
  type Write,
} from './next-record.js';
import { OVERTAKEN, type Overtaken, overtakenBy } from './overtaken.js';
import { redirectAfter, tombstoneAfter } from './tombstones.js';
import type { UserLimit } from './user-limit.js';
import type { VerifiedStore } from './verified-store.js';

interface Context {
  readonly revisions: RevisionSource;
  readonly limit: UserLimit;
  /** The id that the application was given for the session; the first one created takes it. */
  readonly promisedId: string | undefined;
}

/**
 * Stores sessions under new ids: new ones, and those that a rotation or a renewal moves.
 *
 * @internal
 */
export class SessionCreator {
  #promisedId: string | undefined;

  constructor(
    private readonly store: VerifiedStore,
    private readonly settings: CommitSettings,
    private readonly context: Context,
  ) {
    this.#promisedId = context.promisedId;
  }

  create(changes: Changes): Promise<LoadedSession | Overtaken> {
    return this.#createFrom(NO_ORIGIN, changes, () => this.#newSession(NO_ORIGIN, changes));
  }

  #createFrom(
    origin: Origin,
    changes: Changes,
    draw: () => LoadedSession,
  ): Promise<LoadedSession | Overtaken> {
    return this.context.limit.enforce(origin, changes, {
      write: async () => (await this.store.create(draw)) ?? OVERTAKEN,
      undo: (record) => this.store.delete(record),
    });
  }

  #newSession(origin: Origin, changes: Changes): LoadedSession {
    const id = this.#promisedId ?? newSessionId();
    this.#promisedId = undefined;
    const record = firstRecord(storeKeyOf(id), origin, changes, this.#write);
    return { kind: 'live', id, record: sizedRecord(record, this.settings) };
  }

  rotate(
    { record: previous }: LoadedSession,
    changes: Changes,
  ): Promise<LoadedSession | Overtaken> {
    return this.#move(
      previous,
      () => this.#createFrom(previous, changes, () => this.#newSession(previous, changes)),
      () => tombstoneAfter(previous, this.#write),
    );
  }

  renew(
    { id: oldId, record: previous }: LoadedSession,
    changes: Changes,
  ): Promise<LoadedSession | Overtaken> {
    const way = { key: previous.key, revision: this.context.revisions.next(), salt: '' };
    const draw = (): LoadedSession => {
      way.salt = randomUUID();
      const id = renewedId(oldId, way.salt);
      const renewal = { key: storeKeyOf(id), renewedFrom: { ...way } };
      const record = renewedRecord(previous, renewal, changes, this.#write);
      return {
        kind: 'live',
        id,
        record: sizedRecord(record, this.settings),
        isCookiePending: true,
      };
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
    return overtakenBy(saved);
  }

  get #write(): Write {
    return nextWrite(this.settings, this.context.revisions);
  }
}
