type Data = Readonly<Record<string, unknown>>;

/**
 * Entries that were set one by one in the object under a key. They are added in place: a copy for each would cost the
 * square of their number.
 *
 * @internal
 */
export class Entries {
  readonly own: Record<string, unknown> = {};

  /** @param isWhole whether they are all that the object is to hold, or come behind those that the record has */
  constructor(readonly isWhole: boolean) {}

  behind(object: unknown): Data {
    return this.isWhole ? { ...this.own } : { ...(object as Data | undefined), ...this.own };
  }
}
