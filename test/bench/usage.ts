/** What a server has used since it started, or what it used per request. */
export interface Usage {
  readonly micros: number;
  /** Sent to the store. */
  readonly commands: number;
}
