import { SessionError, type SessionRecord } from 'nestjs-sessions';
import {
  contentAfter,
  contentOf,
  isSame,
  isWorthARecord,
  NOTHING,
  seenThrough,
} from './content.js';
import type { Content } from './content.js';
import type { Ledger } from './ledger.js';
import type { ModelClock } from './model-clock.js';
import { HALF_TIMEOUT_MS } from './model-store.js';
import type { Step } from './step.js';
import type { Verdicts } from './verdicts.js';

/** Judges what requests were answered by what became of their steps in the store. */
export class AnswerJudge {
  constructor(
    private readonly verdicts: Verdicts,
    private readonly ledger: Ledger,
    private readonly clock: ModelClock,
  ) {}

  /** A read shows a state that its session was in while the request ran, with the request's own changes on top. */
  read(step: Step, since: number, isRight: (content: Content) => boolean): void {
    const states = this.ledger.statesSince(step.request.key, since);
    const isSeen = states.some((state) => isRight(contentAfter(step.changes, seenThrough(state))));
    this.#demand(readGuarantee(states), 'a read shows what its session held meanwhile', isSeen);
  }

  /**
   * An acknowledged commit is in the store: in place, under a new id, or needless since the session was already as it
   * would make it.
   */
  committed(step: Step, since: number, keyNow: string | undefined): void {
    const isRotated = step.rotatedFrom !== undefined;
    if (step.savedOver) return this.#demand(7, 'a rotation gives a new id', !step.isRotation);
    if (isRotated || step.created.length > 0) return this.#moved(step, since, keyNow);
    const states = this.ledger.statesSince(step.request.key, step.beganAt.instant);
    const isNeedless =
      states.some(
        (state) => state?.kind === 'live' && !step.isRotation && isIdle(step, contentOf(state)),
      ) ||
      (this.#wasGone(step, since) && !isWorthARecord(contentAfter(step.changes, NOTHING)));
    this.#demand(2, 'an acknowledged commit is stored', isNeedless);
  }

  #moved(step: Step, since: number, keyNow: string | undefined): void {
    const record = step.created.find(({ key }) => key === keyNow);
    this.#demand(8, 'an id is handed out for a record that was stored', record !== undefined);
    if (!record) return;
    const from = step.rotatedFrom;
    const isFirst = !step.request.isLive && this.#wasGone(step, since);
    this.#demand(
      5,
      'a session that ended is not replaced by a new one',
      from !== undefined || isFirst || this.#isLoginAnew(step, since),
    );
    const content = contentAfter(step.changes, from ? contentOf(from) : NOTHING);
    this.#demand(
      2,
      'a new record holds all that the old one held',
      isSame(contentOf(record), content),
    );
    this.#demand(
      7,
      'a rotation keeps when the visit began',
      !from || from.createdAt === record.createdAt,
    );
    const others = step.created.filter((other) => other !== record);
    this.#demand(
      7,
      'a rotation that lost leaves no record',
      this.#isForgiven(step) || others.every(({ key }) => !this.ledger.load(key)),
    );
  }

  /** A login needs nothing of a session that was rotated away. */
  #isLoginAnew({ isRotation, changes, request }: Step, since: number): boolean {
    const { userId } = contentAfter(changes, NOTHING);
    const states = this.ledger.statesSince(request.key, since);
    return (
      isRotation && userId !== undefined && states.some((state) => state?.kind === 'tombstone')
    );
  }

  /** `update` and `take` resolve to what was stored, and to what was there. */
  modified(step: Step, key: string, { isTake, value }: { isTake: boolean; value: unknown }): void {
    const changes = isTake ? step.changes.slice(0, -1) : step.changes;
    const bases = this.#basesOf(step);
    const isRight = bases.some((base) => contentAfter(changes, base).data[key] === value);
    this.#demand(3, `a ${isTake ? 'take' : 'update'} is atomic`, isRight);
  }

  destroyed(step: Step): void {
    const { key } = step.request;
    const isLive = key !== undefined && this.ledger.load(key)?.kind === 'live';
    this.#demand(5, 'a destroyed session is gone', !isLive);
  }

  refused(step: Step, since: number, error: unknown): void {
    if (SessionError.is(error, 'SESSION_STORE_UNAVAILABLE')) {
      return this.#demand(
        10,
        'a store that answers is not called unavailable',
        this.#isForgiven(step),
      );
    }
    const isGone = SessionError.is(error, 'SESSION_GONE') && step.kind === 'commit';
    this.#demand(8, `a request is not refused with ${String(error)}`, isGone);
    if (!isGone) return;
    this.#demand(8, 'a session that is there is not called gone', this.#wasGone(step, since));
    const isLeft =
      step.savedOver !== undefined && this.ledger.load(step.savedOver.key) !== undefined;
    const isMoved =
      step.rotatedFrom !== undefined && this.ledger.load(step.rotatedFrom.key) !== undefined;
    this.#demand(8, 'a refused commit is not stored', !isLeft && !isMoved);
    const orphans = step.created.filter(({ key }) => this.ledger.load(key));
    this.#demand(
      8,
      'a refused rotation leaves no record',
      this.#isForgiven(step) || orphans.length === 0,
    );
  }

  /** Whether a store call of the step went wrong, or so much time passed that it had to be given up. */
  #isForgiven(step: Step): boolean {
    const isDisturbed = step.isDisturbed || step.leader?.isDisturbed === true;
    return isDisturbed || this.clock.now() - step.beganAt.now >= HALF_TIMEOUT_MS;
  }

  #wasGone(step: Step, since: number): boolean {
    return this.ledger.statesSince(step.request.key, since).some((state) => state?.kind !== 'live');
  }

  #basesOf({ savedOver, rotatedFrom, created, request, beganAt, ahead }: Step): readonly Content[] {
    const written = savedOver ?? rotatedFrom;
    if (written) return [contentOf(written)];
    if (created.length > 0) return [NOTHING];
    return this.ledger
      .statesSince(request.key, beganAt.instant)
      .map((state) => contentAfter(ahead, seenThrough(state)));
  }

  #demand(guarantee: number, fact: string, holds: boolean): void {
    this.verdicts.demand(guarantee, fact, holds);
  }
}

function isIdle({ together }: Step, content: Content): boolean {
  return isSame(contentAfter(together, content), content);
}

/** Where nothing was to be seen, what is seen comes from beyond the end. */
function readGuarantee(states: readonly (SessionRecord | undefined)[]): number {
  if (states.some((state) => state?.kind === 'live')) return 2;
  return states.some((state) => state?.kind === 'tombstone') ? 7 : 5;
}
