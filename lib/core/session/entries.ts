type Data = Readonly<Record<string, unknown>>;

/**
 * Entries set one by one in the object under a key. They are added in place, since a copy per entry would make the cost
 * quadratic.
 *
 * @internal
 */
export class Entries {
  readonly own: Record<string, unknown> = {};

  /** @param isWhole whether they replace the object, rather than follow the entries that the record already has */
  constructor(readonly isWhole: boolean) {}

  behind(object: unknown): Data {
    return this.isWhole ? { ...this.own } : { ...(object as Data | undefined), ...this.own };
  }
}
