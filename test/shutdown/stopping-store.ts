import { type SaveOutcome, type SessionRecord, SessionStore } from 'nestjs-sessions';

/** Where in a call to the store a process is when it is killed. */
export type Place = 'before' | 'during' | 'after';

/** A store that stops for good at one of its calls: before it, right after it was sent, or before its answer is told. */
export class StoppingStore extends SessionStore {
  #calls = 0;

  constructor(
    private readonly inner: SessionStore,
    private readonly stopAt: { readonly call: number; readonly place: Place },
    /** The keys that the process has written by then, or is about to. */
    private readonly stopped: (keys: readonly string[]) => void,
  ) {
    super();
  }

  readonly #keys = new Set<string>();

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#through(key, () => this.inner.load(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#through(record.key, () => this.inner.create(record));
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    return this.#through(args[0].key, () => this.inner.save(...args));
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#through(key, () => this.inner.touch(key, expiresAt, revision));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#through(key, () => this.inner.delete(key, revision));
  }

  async #through<T>(key: string, make: () => Promise<T>): Promise<T> {
    this.#keys.add(key);
    if (++this.#calls !== this.stopAt.call) return make();
    if (this.stopAt.place === 'before') return this.#stop();
    const answer = make();
    if (this.stopAt.place === 'after') await answer;
    return this.#stop();
  }

  #stop(): Promise<never> {
    this.stopped([...this.#keys]);
    return new Promise<never>(() => undefined);
  }
}
