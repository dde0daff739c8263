import {
  type LiveRecord,
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
  type UserIndex,
} from 'nestjs-sessions';
import type { Ledger } from '../model/ledger.js';
import type { Calls } from './calls.js';

/** The store as one process reaches it: each call waits until it is chosen. */
export class SearchStore extends SessionStore implements UserIndex {
  constructor(
    private readonly ledger: Ledger,
    private readonly calls: Calls,
    private readonly process: number,
  ) {
    super();
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#call('load', key, () => this.ledger.load(key) ?? this.ledger.expired(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#call('create', record.key, () => this.ledger.create(record), record);
  }

  override save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const save = () => this.ledger.save(record, expectedRevision);
    return this.#call('save', record.key, save, record);
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#call('touch', key, () => this.ledger.touch(key, expiresAt, revision));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#call('delete', key, () => this.ledger.delete(key, revision));
  }

  listByUser(userId: string): Promise<LiveRecord[]> {
    return this.#call('list', '', () =>
      this.ledger.keys
        .map((key) => this.ledger.load(key))
        .filter((record): record is LiveRecord => isOf(userId, record)),
    );
  }

  #call<T>(name: string, key: string, effect: () => T, record?: SessionRecord): Promise<T> {
    return this.calls.make({ name, key, effect, record, process: this.process });
  }
}

function isOf(userId: string, record: SessionRecord | undefined): boolean {
  return record?.kind === 'live' && record.userId === userId;
}
