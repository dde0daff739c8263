import { shownName, shownNames } from './shown-name.js';

/**
 * The ways in which a session can fail, named by what the caller can do about each. The README has a heading for each.
 *
 * @publicApi
 */
export type SessionErrorCode =
  | 'SESSION_CONFIG_INVALID'
  | 'SESSION_NOT_AVAILABLE'
  | 'SESSION_STORE_UNAVAILABLE'
  | 'SESSION_GONE'
  | 'SESSION_CONFLICT'
  | 'SESSION_LIMIT_REACHED'
  | 'SESSION_VALUE_UNSUPPORTED'
  | 'SESSION_TOO_LARGE'
  | 'SESSION_RECORD_UNREADABLE'
  | 'SESSION_HEADERS_SENT';

/**
 * The one error class of this library. `code` distinguishes the cases, `cause` keeps the store's own error. Its message
 * names options and, escaped and shortened, keys, and never holds an id, a secret or a value.
 *
 * @publicApi
 */
export class SessionError extends Error {
  /** Always `'SessionError'`. */
  override readonly name = 'SessionError';

  constructor(
    /** Which case it is. */
    readonly code: SessionErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** Whether a thrown value is a `SessionError` with this code. */
  static is(error: unknown, code: SessionErrorCode): error is SessionError {
    return error instanceof SessionError && error.code === code;
  }
}

/** @internal */
export function configInvalid(option: string, expected: string, given: string): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `Expected \`${option}\` to be ${expected}, got ${given}.`,
  );
}

/** @internal */
export function noSessionHere(): SessionError {
  return new SessionError(
    'SESSION_NOT_AVAILABLE',
    'This request has no session. Import `SessionModule.forRoot()` in the root module, or remove `@SkipSession()` from this route.',
  );
}

/** @internal */
export function sessionNotNamed(): SessionError {
  return new SessionError(
    'SESSION_NOT_AVAILABLE',
    'A message to a microservice carries no cookie, and nothing says which session it belongs to. Say where its id is: `SessionModule.forRoot({ messages: { sessionId: (host) => host.switchToRpc().getData().sessionId } })`.',
  );
}

/** @internal */
export function notLoadedYet(property: string): SessionError {
  return new SessionError(
    'SESSION_NOT_AVAILABLE',
    `\`session.${property}\` was read before the session was loaded. Await \`session.load()\` or any reading method first.`,
  );
}

/** @internal */
export function storeUnavailable(doing: string, cause: unknown): SessionError {
  return new SessionError(
    'SESSION_STORE_UNAVAILABLE',
    `The session store did not answer while ${doing}. The request was refused rather than served as if nothing had been stored.`,
    cause,
  );
}

/** @internal */
export function sessionGone(): SessionError {
  return new SessionError(
    'SESSION_GONE',
    'This session was ended or got a new id from another request before this one could save; most often the visitor logged out or in, in another tab.',
  );
}

/** @internal */
export function commitConflict(keys: readonly string[], attempts: number): SessionError {
  const changed =
    keys.length > 0 ? `the session (this request changes ${shownNames(keys)})` : 'the session';
  return new SessionError(
    'SESSION_CONFLICT',
    `Other requests changed ${changed} first, and ${attempts} attempts to apply this request's changes on top did not succeed.`,
  );
}

/** @internal */
export function valueUnsupported(path: string, found: string, remedy: string): SessionError {
  return new SessionError(
    'SESSION_VALUE_UNSUPPORTED',
    `\`${shownName(path)}\` holds ${found}, which JSON cannot keep. ${remedy}`,
  );
}

/** @internal */
export function userIdUnsupported(): SessionError {
  return new SessionError(
    'SESSION_VALUE_UNSUPPORTED',
    '`userId` is no id that every store can look up. Assign a non-empty text without U+0000 and lone surrogates.',
  );
}

/** @internal */
export function valueMisfit(key: string, path: string): SessionError {
  return new SessionError(
    'SESSION_VALUE_UNSUPPORTED',
    `\`${shownName(path)}\` does not fit the schema of \`${shownName(key)}\`. Check what comes from outside before storing it.`,
  );
}

/** @internal */
export function propertyRefused(): SessionError {
  return new SessionError(
    'SESSION_VALUE_UNSUPPORTED',
    'A session keeps no properties that are assigned to it. Call `session.set(key, value)`.',
  );
}

/** @internal */
export function sessionTooLarge(bytes: number | string, limit: number): SessionError {
  return new SessionError(
    'SESSION_TOO_LARGE',
    `The session would take ${bytes} bytes, and \`limits.recordBytes\` is ${limit}. Keep references in the session and the data itself elsewhere.`,
  );
}

/** @internal */
export function recordUnreadable(reason: string, cause?: unknown): SessionError {
  return new SessionError(
    'SESSION_RECORD_UNREADABLE',
    `The stored session could not be decoded (${reason}). It is treated as absent.`,
    cause,
  );
}

/** @internal */
export function recordTooNew(format: number, readable: number): SessionError {
  return new SessionError(
    'SESSION_STORE_UNAVAILABLE',
    `The stored session has format ${format}, and this version reads formats up to ${readable}. A newer version of nestjs-sessions wrote it, on another server or before a rollback: the session is kept, and its requests are refused here. Update this server; it logs this once.`,
  );
}

/** @internal */
export function limitReached(max: number): SessionError {
  return new SessionError(
    'SESSION_LIMIT_REACHED',
    `The user has ${max} sessions already, or others sign in at this moment, and \`limits.perUser.max\` is ${max}. Nothing was stored; end one of the sessions first.`,
  );
}

/** @internal */
export function noUserIndex(store: string): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `Sessions cannot be found by their user, and \`limits.perUser\` cannot be kept, since ${store} has no \`listByUser\` (the interface UserIndex). Choose a store that has it.`,
  );
}

/** @internal */
export function headersSent(): SessionError {
  return new SessionError(
    'SESSION_HEADERS_SENT',
    'The session needs a new cookie, and the response headers are out already (or there is no response). Change it before streaming starts (SSE, flushHeaders, `@Res()`), or over HTTP before the socket opens.',
  );
}

/** @internal */
export function csrfNotJudged(): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    '`CsrfGuard` can judge HTTP requests only, so it refused a message to a gateway or a microservice. Guard controllers and resolvers with it, and have the gateway check the `Origin` header of the handshake.',
  );
}
