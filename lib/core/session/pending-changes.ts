import { Changes } from './changes.js';
import type { Intent } from './session-phase.js';
import type { ValuesInPlace } from './values-in-place.js';

const NO_CHANGES = new Changes();

/**
 * The writes that a request has asked for: its changes, a rotation, and the part of both that a commit is writing.
 *
 * @internal
 */
export class PendingChanges {
  #changes: Changes;
  /** Readers already get the changes that the commit under way is writing. */
  #underWay = NO_CHANGES;
  #intent: Intent = 'keep';
  #edits = 0;
  /** The number of edits when the last commit failed; undefined if it succeeded. */
  #refusedAt: number | undefined;

  /** Values that the application changes without the handle, where a compatibility layer allows it. */
  inPlace: ValuesInPlace | undefined;

  /** @param limitBytes upper bound on the size of a record */
  constructor(private readonly limitBytes: number) {
    this.#changes = new Changes(limitBytes);
  }

  /** All changes that are not in the last known record. */
  get unsaved(): Changes {
    return this.#underWay.isEmpty ? this.#changes : this.#underWay.followedBy(this.#changes);
  }

  get isEmpty(): boolean {
    return this.#changes.isEmpty && this.#intent === 'keep' && !this.inPlace?.areChanged;
  }

  get isRotating(): boolean {
    return this.#intent === 'rotate';
  }

  /** Whether nothing has changed since a commit failed. */
  get isRefused(): boolean {
    return this.#refusedAt === this.#edits;
  }

  /** The changes, to which the caller adds one. */
  edit(): Changes {
    this.#edits++;
    return this.#changes;
  }

  /** Recording uses the handle, and that use must not record in turn. */
  recordInPlace(): void {
    const { inPlace } = this;
    if (!inPlace) return;
    this.inPlace = undefined;
    try {
      inPlace.record();
    } finally {
      this.inPlace = inPlace;
    }
  }

  rotate(): void {
    this.#edits++;
    this.#intent = 'rotate';
  }

  discardChanges(): void {
    this.#changes = new Changes(this.limitBytes);
  }

  discard(): void {
    this.discardChanges();
    this.keep();
  }

  /** The session stays as it is: a rotation that was asked for does not happen. */
  keep(): void {
    this.#intent = 'keep';
  }

  /** Hands everything to a task that writes it. If that fails, it waits for the next one, before later changes. */
  async write<T>(task: (intent: Intent, changes: Changes) => Promise<T>): Promise<T> {
    const intent = this.#intent;
    this.#underWay = this.#changes;
    this.discard();
    try {
      const written = await task(intent, this.#underWay);
      this.#refusedAt = undefined;
      return written;
    } catch (error) {
      this.#changes = this.#underWay.followedBy(this.#changes);
      if (this.#intent === 'keep') this.#intent = intent;
      this.#refusedAt = this.#edits;
      throw error;
    } finally {
      this.#underWay = NO_CHANGES;
    }
  }
}
