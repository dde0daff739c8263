/**
 * Files keys under the span of time in which they expire, so that finding due keys reads nothing else. A key may be
 * filed more than once, and may be out of date when it is drawn: the caller knows its true expiry.
 *
 * @internal
 */
export class ExpiryBuckets {
  readonly #buckets = new Map<number, string[]>();
  /** The first bucket that may still hold a key. */
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

  /** Whether the two instants fall into one bucket, so that a key filed under the one is filed under the other. */
  isSame(one: number, other: number): boolean {
    return this.#bucketOf(one) === this.#bucketOf(other);
  }

  /** Removes and returns a key whose span has passed entirely; undefined if none is left. */
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
