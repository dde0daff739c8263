/** What a handler does, one thing after the other. */
export type Command =
  | 'get'
  | 'set'
  | 'set again'
  | 'delete'
  | 'clear'
  | 'update'
  | 'take'
  | 'flash'
  | 'flashed'
  | 'rotate'
  | 'sign in ann'
  | 'sign in bob'
  | 'destroy'
  | 'save'
  /** Ends all sessions of ann. */
  | 'revoke'
  /** Works at something else: the handler goes on when it is chosen. */
  | 'work'
  /** The handler throws: its answer is a 500. */
  | 'fail'
  /** An update by `openSession`, without a request. */
  | 'job'
  /** Seventeen of them, one after the other, while nobody else does anything. */
  | 'jobs';

export interface Script {
  readonly commands: readonly Command[];
  /** Whether the client may leave before it is answered. */
  readonly mayLeave?: boolean;
}

export interface RequestPlan {
  readonly script: Script;
  readonly process: number;
  /** The cookie of the browser by then, or the id that its session had at first. */
  readonly presents: 'cookie' | 'first id';
  /** Whether its answer reaches the browser. */
  readonly isDelivered: boolean;
}
