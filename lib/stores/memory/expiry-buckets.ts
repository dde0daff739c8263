/**
 * Files keys under the span of time in which they expire, so that finding what is due reads nothing else. A key may be
 * filed more than once and may be out of date by the time it is drawn: whoever draws it knows its true expiry.
 *
 * @internal
 */
export class ExpiryBuckets {
  readonly #buckets = new Map<number, string[]>();
  /** The first bucket that may still hold something. */
  #first: number;

  constructor(
    now: number,
    private readonly spanMs: number,
  ) {
    this.#first = this.#bucketOf(now);
  }

  /** Files a key, to be drawn at its expiry or up to one span later. */
  add(key: string, expiresAt: number): void {
    const bucket = Math.max(this.#bucketOf(expiresAt), this.#first);
    const keys = this.#buckets.get(bucket);
    if (keys) keys.push(key);
    else this.#buckets.set(bucket, [key]);
  }

  /** Whether the two instants fall into one bucket, so that a key filed for the one is filed for the other. */
  isSame(one: number, other: number): boolean {
    return this.#bucketOf(one) === this.#bucketOf(other);
  }

  /** Takes out a key whose span has passed entirely, or undefined when none is left. */
  draw(now: number): string | undefined {
    const current = this.#bucketOf(now);
    for (; this.#first < current; this.#first++) {
      const key = this.#buckets.get(this.#first)?.pop();
      if (key !== undefined) return key;
      this.#buckets.delete(this.#first);
    }
    return undefined;
  }

  #bucketOf(instant: number): number {
    return Math.floor(instant / this.spanMs);
  }
}
