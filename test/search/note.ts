/** Something that came to a request. */
export interface Note {
  readonly text: string;
  readonly token?: string | undefined;
  /** Of the store. */
  readonly answer?: unknown;
}
