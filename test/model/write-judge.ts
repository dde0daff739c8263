import { isDeepStrictEqual } from 'node:util';
import type { LiveRecord, SessionRecord } from 'nestjs-sessions';
import type { LifetimePolicy } from '../../lib/core/options/lifetime.js';
import type { ModelClock } from './model-clock.js';
import { type Content, contentAfter, contentOf, isSame } from './content.js';
import type { Step } from './step.js';
import type { Verdicts } from './verdicts.js';

/** What one effect made of a key. */
export interface Write {
  readonly before: SessionRecord | undefined;
  readonly after: SessionRecord | undefined;
  readonly at: number;
  /** Whether anything ever was under this key. */
  readonly isReused: boolean;
}

/** Judges each write of a request as it takes effect: there are six kinds that may happen, and no others. */
export class WriteJudge {
  constructor(
    private readonly verdicts: Verdicts,
    private readonly clock: ModelClock,
    private readonly policy: LifetimePolicy,
  ) {}

  wrote(step: Step, { before, after, at, isReused }: Write): void {
    step.wroteAt = at;
    if (!after) return this.#deleted(step, before!);
    if (!before) return this.#created(step, after, isReused);
    this.#demand(7, 'nothing is written over a marker', before.kind === 'live');
    if (before.kind !== 'live') return;
    if (after.kind === 'tombstone') return this.#markerPut(step, before);
    if (after.revision === before.revision) return this.#touched(step, before, after);
    return this.#saved(step, before, after);
  }

  #created(step: Step, after: SessionRecord, isReused: boolean): void {
    this.#demand(5, 'an ended session never comes back', !isReused);
    this.#demand(
      6,
      'an id that was presented is never adopted',
      !step.request.ownKeys.has(after.key),
    );
    this.#demand(4, 'only a commit creates a record', step.kind === 'commit');
    if (after.kind !== 'live') return;
    const isTimely = this.#isDeadlineOfUse(step, after) && this.#isFreshLimit(step, after);
    this.#demand(11, 'a new record has the deadlines of its lifetime', isTimely);
    step.created.push(after);
  }

  #saved(step: Step, before: LiveRecord, after: LiveRecord): void {
    const content = this.#joined(step, before);
    this.#demand(
      1,
      'a commit changes what its requests changed, and nothing else',
      isSame(contentOf(after), content),
    );
    this.#demand(1, 'a commit keeps when the visit began', after.createdAt === before.createdAt);
    const isCommit = step.kind === 'commit' || step.joined.length > 0;
    this.#demand(4, 'only a commit saves', isCommit && !step.isRotation);
    this.#demand(4, 'a commit happens at most once', step.savedOver === undefined);
    this.#demand(6, 'a request writes to its own session', step.request.ownKeys.has(after.key));
    this.#demand(11, 'a save is use', this.#isDeadlineOfUse(step, after));
    const isDated = after.lifetime?.kind === 'date' || before.lifetime?.kind === 'date';
    const isMoved = isDated && step.changes.some(({ kind }) => kind === 'lifetime');
    const keepsLimit = isMoved
      ? this.#isFreshLimit(step, after)
      : after.absoluteExpiresAt === before.absoluteExpiresAt;
    this.#demand(11, 'a save leaves the absolute limit where it is', keepsLimit);
    step.savedOver = before;
  }

  /** What the step and those that joined it make of a record, one after the other. */
  #joined(first: Step, before: LiveRecord): Content {
    let content = contentAfter(first.changes, contentOf(before));
    for (const step of first.joined) {
      this.#demand(4, 'a commit happens at most once', step.savedOver === undefined);
      step.savedOver = { ...before, data: content.data };
      step.wroteAt = first.wroteAt;
      content = contentAfter(step.changes, content);
    }
    return content;
  }

  #touched(step: Step, before: LiveRecord, after: LiveRecord): void {
    const { expiresAt: _, ...untouched } = before;
    const { expiresAt: __, ...same } = after;
    this.#demand(1, 'a touch changes nothing but the expiry', isDeepStrictEqual(same, untouched));
    this.#demand(4, 'only an end touches', step.kind === 'commit' || step.kind === 'close');
    this.#demand(11, 'a touch is use', this.#isDeadlineOfUse(step, after));
  }

  #markerPut(step: Step, before: LiveRecord): void {
    this.#demand(7, 'only a rotation puts a marker', step.isRotation && step.kind === 'commit');
    this.#demand(7, 'a new record stands before the old one falls', step.created.length > 0);
    this.#demand(4, 'a rotation happens at most once', step.rotatedFrom === undefined);
    step.rotatedFrom = before;
  }

  #deleted(step: Step, { key }: SessionRecord): void {
    const isDestroyed = step.kind === 'destroy' && step.request.ownKeys.has(key);
    const isTakenBack = step.created.some((record) => record.key === key);
    this.#demand(2, 'nothing is deleted but by a destroy', isDestroyed || isTakenBack);
  }

  /** Whether the record expires one idle time after an instant within the step, or at its limit. */
  #isDeadlineOfUse(
    { beganAt }: Step,
    { expiresAt, absoluteExpiresAt, lifetime }: LiveRecord,
  ): boolean {
    if (lifetime?.kind === 'date') return expiresAt === absoluteExpiresAt;
    const idleMs =
      lifetime?.kind === 'inactivity' ? lifetime.idleTimeoutMs : this.policy.idleTimeoutMs;
    const usedBy = (now: number) => Math.min(now + idleMs, absoluteExpiresAt);
    return usedBy(beganAt.now) <= expiresAt && expiresAt <= usedBy(this.clock.now());
  }

  #isFreshLimit({ beganAt }: Step, { absoluteExpiresAt, lifetime }: LiveRecord): boolean {
    if (lifetime?.kind === 'date') return absoluteExpiresAt === lifetime.at;
    const beganBy = absoluteExpiresAt - this.policy.absoluteLifetimeMs;
    return beganAt.now <= beganBy && beganBy <= this.clock.now();
  }

  #demand(guarantee: number, fact: string, holds: boolean): void {
    this.verdicts.demand(guarantee, fact, holds);
  }
}
