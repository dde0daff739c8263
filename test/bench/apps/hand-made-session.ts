import { randomBytes } from 'node:crypto';
import { ConflictException } from '@nestjs/common';
import type { Visit } from './answers.js';
import type { HandMadeStore } from './hand-made-store.js';
import type { VisitSession } from './session-controller.js';

interface Loaded {
  /** As it was stored, or null where there is no session. */
  readonly text: string | null;
  readonly data: Partial<Visit>;
}

/** Loaded when it is first read, and saved at the end of the request if it has changed. */
export class HandMadeSession implements VisitSession {
  readonly #changes: Partial<Visit> = {};
  #loading: Promise<Loaded> | undefined;
  #isChanged = false;
  #isRotated = false;

  constructor(
    private readonly store: HandMadeStore,
    private readonly id: string | undefined,
  ) {}

  async get<K extends keyof Visit>(key: K): Promise<Visit[K] | undefined> {
    return this.#changes[key] ?? (await this.#loaded()).data[key];
  }

  set<K extends keyof Visit>(key: K, value: Visit[K]): void {
    this.#changes[key] = value;
    this.#isChanged = true;
  }

  rotate(): void {
    this.#isRotated = true;
    this.#isChanged = true;
  }

  /** Saves what changed, and resolves to the new id where there is one. */
  async commit(): Promise<string | undefined> {
    if (!this.#isChanged) return undefined;
    const { text, data } = await this.#loaded();
    const changed = JSON.stringify({ ...data, ...this.#changes });
    if (this.id === undefined || text === null) return this.#create(changed);
    if (this.#isRotated) return this.#move(this.id, changed);
    if (!(await this.store.replace(this.id, text, changed))) throw new ConflictException();
    return undefined;
  }

  async #create(text: string): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    if (!(await this.store.create(id, text))) throw new ConflictException();
    return id;
  }

  async #move(oldId: string, text: string): Promise<string> {
    const id = await this.#create(text);
    await this.store.delete(oldId);
    return id;
  }

  #loaded(): Promise<Loaded> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<Loaded> {
    const text = this.id === undefined ? null : await this.store.load(this.id);
    return { text, data: text === null ? {} : (JSON.parse(text) as Partial<Visit>) };
  }
}
