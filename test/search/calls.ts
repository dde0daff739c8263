import { AsyncLocalStorage } from 'node:async_hooks';
import type { SessionRecord } from 'nestjs-sessions';

/** What goes wrong with a call, at the price of one fault. */
export const FAULTS = ['lost before', 'lost after', 'late', 'twice'] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface CallContent<T> {
  readonly name: string;
  readonly key: string;
  readonly effect: () => T;
  /** What it writes, if it does. */
  readonly record?: SessionRecord | undefined;
  /** The revision that it takes effect on only. */
  readonly expected?: string | undefined;
  /** What else its effect depends on. */
  readonly detail?: number | string | undefined;
  readonly process: number;
}

/** A call to the store that somebody waits for, or has waited for. */
export interface Call extends CallContent<unknown> {
  readonly owner: string;
  /** Of those of its owner. */
  readonly number: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  /** `answered`: it took effect, and the answer is on its way. `hung`: it takes effect when nobody waits any more. */
  state: 'pending' | 'answered' | 'hung';
  answer: unknown;
  /** The instant at which it hung. */
  hungAt?: number;
}

/** Whether it changes nothing. */
export function isRead({ name }: Call): boolean {
  return name === 'load' || name === 'list';
}

/** Whose calls are at once answered, and never go wrong. */
export const UNDISTURBED = 'undisturbed';

const owners = new AsyncLocalStorage<string>();

export function currentOwner(): string {
  return owners.getStore() ?? '?';
}

export function onBehalfOf<T>(owner: string, task: () => T): T {
  return owners.run(owner, task);
}

/** The calls under way, in the order in which they were made. */
export class Calls {
  readonly all: Call[] = [];
  readonly #lastOf = new Map<string, number>();

  constructor(
    private readonly onCall: (call: Call) => void,
    private readonly beforeEffect: () => void,
  ) {}

  make<T>(content: CallContent<T>): Promise<T> {
    const owner = currentOwner();
    if (owner === UNDISTURBED) return Promise.resolve(this.take(content) as T);
    const number = (this.#lastOf.get(owner) ?? 0) + 1;
    this.#lastOf.set(owner, number);
    return new Promise<T>((resolve, reject) => {
      const call: Call = {
        ...content,
        owner,
        number,
        resolve: resolve as (answer: unknown) => void,
        reject,
        state: 'pending',
        answer: undefined,
      };
      this.all.push(call);
      this.onCall(call);
    });
  }

  /** Lets a call take effect. */
  take({ effect }: CallContent<unknown>): unknown {
    this.beforeEffect();
    return effect();
  }

  remove(call: Call): void {
    this.all.splice(this.all.indexOf(call), 1);
  }

  removeAll(isUnwanted: (call: Call) => boolean): void {
    for (const call of this.all.filter(isUnwanted)) this.remove(call);
  }

  /** Whether the one who made the call has not gone on since. */
  isLast({ owner, number }: Call): boolean {
    return this.#lastOf.get(owner) === number;
  }
}
