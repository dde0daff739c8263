import { AsyncLocalStorage } from 'node:async_hooks';
import type { LiveRecord } from 'nestjs-sessions';
import type { Change } from './content.js';

type StepKind = 'read' | 'commit' | 'destroy' | 'close' | 'discarded';

interface RequestInfo {
  /** Where its session is, as far as it knows. */
  readonly key: string | undefined;
  /** Whether it saw its session alive. */
  readonly isLive: boolean;
  /** All keys that it may write to. */
  readonly ownKeys: ReadonlySet<string>;
}

type StepContent = Pick<Step, 'kind' | 'request' | 'changes' | 'isRotation' | 'beganAt'>;

/** One thing that a request asked for, and all that became of it in the store. */
export class Step {
  /** The records that it created, in order: a rotation that is tried again creates several. */
  readonly created: LiveRecord[] = [];
  /** What it saved its changes over. */
  savedOver: LiveRecord | undefined;
  /** What it put a marker in place of. */
  rotatedFrom: LiveRecord | undefined;
  /** When it wrote last. */
  wroteAt: number | undefined;
  /** The commits that waited with it, and that its write carries out too, after its own. */
  joined: readonly Step[] = [];
  /** The commit that its write was part of, if not of its own. */
  leader: Step | undefined;
  /** What those changed that waited with it and came before it. */
  ahead: readonly Change[] = [];
  /** What all of them changed together. */
  together: readonly Change[];
  /** Whether a store call of its went wrong. */
  isDisturbed = false;

  readonly kind: StepKind;
  readonly request: RequestInfo;
  readonly changes: readonly Change[];
  readonly isRotation: boolean;
  readonly beganAt: { readonly instant: number; readonly now: number };

  constructor({ kind, request, changes, isRotation, beganAt }: StepContent) {
    this.kind = kind;
    this.request = request;
    this.changes = changes;
    this.together = changes;
    this.isRotation = isRotation;
    this.beganAt = beganAt;
  }
}

const steps = new AsyncLocalStorage<Step>();

export function during<T>(step: Step, task: () => T): T {
  return steps.run(step, task);
}

/** The step on whose behalf the store is called. */
export function currentStep(): Step | undefined {
  return steps.getStore();
}
