/**
 * The keys of each user's sessions.
 *
 * @internal
 */
export class KeysByUser {
  readonly #keys = new Map<string, Set<string>>();

  of(userId: string): readonly string[] {
    return [...(this.#keys.get(userId) ?? [])];
  }

  /** Moves a key from one user to another; undefined means none. */
  move(key: string, from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    if (from !== undefined) this.#remove(key, from);
    if (to !== undefined) this.#add(key, to);
  }

  #add(key: string, userId: string): void {
    const keys = this.#keys.get(userId);
    if (keys) keys.add(key);
    else this.#keys.set(userId, new Set([key]));
  }

  #remove(key: string, userId: string): void {
    const keys = this.#keys.get(userId);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(userId);
  }
}
