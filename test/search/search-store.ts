import {
  type LiveRecord,
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
  type UserIndex,
} from 'nestjs-sessions';
import type { Ledger } from '../model/ledger.js';
import type { CallContent, Calls } from './calls.js';

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
    return this.#call('create', record.key, () => this.ledger.create(record), { record });
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    const [record, expected, detail] = args;
    const save = () => this.ledger.save(...args);
    return this.#call('save', record.key, save, { record, expected, detail });
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#call('touch', key, () => this.ledger.touch(key, expiresAt, revision), {
      expected: revision,
      detail: expiresAt,
    });
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#call('delete', key, () => this.ledger.delete(key, revision), {
      expected: revision,
    });
  }

  listByUser(userId: string): Promise<LiveRecord[]> {
    return this.#call('list', '', () =>
      this.ledger.keys
        .map((key) => this.ledger.load(key))
        .filter((record): record is LiveRecord => isOf(userId, record))
        .map(bare),
    );
  }

  #call<T>(
    name: string,
    key: string,
    effect: () => T,
    rest: Pick<CallContent<T>, 'record' | 'expected' | 'detail'> = {},
  ): Promise<T> {
    return this.calls.make({ name, key, effect, ...rest, process: this.process });
  }
}

const bared = new WeakMap<LiveRecord, LiveRecord>();

/**
 * What a list tells of a session: which it is and when it ends. Those who list want no more, and what nobody is told keeps no
 * two states apart.
 */
function bare(record: LiveRecord): LiveRecord {
  let told = bared.get(record);
  if (!told) {
    told = { ...record, data: {}, revision: 'listed', recentRevisions: [] };
    bared.set(record, told);
  }
  return told;
}

function isOf(userId: string, record: SessionRecord | undefined): boolean {
  return record?.kind === 'live' && record.userId === userId;
}
