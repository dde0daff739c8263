import { type SaveOutcome, type SessionRecord, SessionStore } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';

type Operation = 'load' | 'create' | 'save' | 'touch' | 'delete';

/**
 * A store that notes its calls in order and lets a test step in before each of them: wait, or fail.
 */
export class CountingStore extends SessionStore {
  readonly calls: Operation[] = [];
  /** Runs before every call; what it rejects with, the call rejects with. */
  before: (operation: Operation) => Promise<void> | void = () => undefined;
  /** Runs after the call took effect and before it is answered. */
  after: (operation: Operation) => Promise<void> | void = () => undefined;

  constructor(readonly inner: SessionStore = new MemorySessionStore()) {
    super();
  }

  /** The calls since the last time this was asked. */
  takeCalls(): string {
    return this.calls.splice(0).join(' ');
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#through('load', () => this.inner.load(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#through('create', () => this.inner.create(record));
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    return this.#through('save', () => this.inner.save(...args));
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#through('touch', () => this.inner.touch(key, expiresAt, revision));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#through('delete', () => this.inner.delete(key, revision));
  }

  async #through<T>(operation: Operation, call: () => Promise<T>): Promise<T> {
    this.calls.push(operation);
    await this.before(operation);
    const answer = await call();
    await this.after(operation);
    return answer;
  }
}
