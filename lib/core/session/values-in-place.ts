/**
 * Values that the application changes without the handle: properties of an object from a compatibility layer.
 *
 * @internal
 */
export interface ValuesInPlace {
  /** Whether any of them differs from the last recorded state. */
  readonly areChanged: boolean;
  /** Sets the differences on the handle. Throws SESSION_VALUE_UNSUPPORTED for a value that JSON cannot keep. */
  record(): void;
}
