/**
 * Values that the application changes without the handle: properties of an object that a compatibility layer gives out.
 *
 * @internal
 */
export interface ValuesInPlace {
  /** Whether one of them differs from what was recorded last. */
  readonly areChanged: boolean;
  /** Sets on the handle what differs. Throws SESSION_VALUE_UNSUPPORTED where JSON cannot keep it. */
  record(): void;
}
