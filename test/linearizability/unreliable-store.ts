import {
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
  type StoreTime,
} from 'nestjs-sessions';

/**
 * A store, some of whose writes go wrong: they get lost on their way, take effect and are answered with an error, or take
 * effect and are not answered at all. Its own clock, if it has one, is as far ahead as the one of the process.
 */
export class UnreliableStore extends SessionStore {
  /** How many writes of data were made, whatever became of them. */
  writes = 0;
  readonly currentTime: StoreTime['currentTime'] | undefined;

  constructor(
    private readonly inner: SessionStore & Partial<StoreTime>,
    private readonly lossShare: number,
    aheadMs: () => number,
  ) {
    super();
    if (inner.currentTime) this.currentTime = async () => (await inner.currentTime!()) + aheadMs();
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.inner.load(key);
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#write(() => this.inner.create(record));
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    return this.#write(() => this.inner.save(...args));
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#unreliable(() => this.inner.touch(key, expiresAt, revision));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#write(() => this.inner.delete(key, revision));
  }

  #write<T>(call: () => Promise<T>): Promise<T> {
    this.writes++;
    return this.#unreliable(call);
  }

  async #unreliable<T>(call: () => Promise<T>): Promise<T> {
    const dice = Math.random() / this.lossShare;
    if (dice < 0.2) throw new Error('The write is lost');
    const answer = await call();
    if (dice < 0.6) throw new Error('The answer is lost');
    return dice < 1 ? new Promise<T>(() => undefined) : answer;
  }
}
