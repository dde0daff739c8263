import type { Changes } from './changes.js';
import type { LiveRecord } from '../record/session-record.js';

/**
 * The phase of a session, as far as this request knows:
 *
 * - `unloaded`: the request presented one or more well-formed ids, and none has been looked up;
 * - `new`: no id was presented, nothing is stored;
 * - `absent`: the presented ids are malformed, unknown, expired or ambiguous;
 * - `rotated-away`: a rotation left a tombstone under the presented id;
 * - `live`: this is its record, as last loaded or written;
 * - `destroyed`: this request ended it.
 *
 * @internal
 */
export type SessionPhase =
  | { readonly kind: 'unloaded'; readonly ids: readonly string[] }
  | { readonly kind: 'new' }
  | { readonly kind: 'absent' }
  | RotatedAway
  | LoadedSession
  | { readonly kind: 'destroyed' };

/** @internal */
export interface RotatedAway {
  readonly kind: 'rotated-away';
  /**
   * Whether the request came after the rotation and was not under way, so that its browser may have missed the new id.
   */
  readonly cameAfter: boolean;
}

/** @internal */
export interface LoadedSession {
  readonly kind: 'live';
  readonly id: string;
  readonly record: LiveRecord;
  /** Whether the browser has yet to present the id since its renewal, so that the response sends its cookie. */
  readonly isCookiePending?: boolean;
  /** Whether maintenance, that is touch and renewal, is done for this request or left to the next one. */
  readonly isMaintained?: boolean;
}

/** Whether the cookie has to be sent, since the browser has not presented the renewed id yet. @internal */
export function isCookiePending(phase: SessionPhase): phase is LoadedSession {
  return phase.kind === 'live' && phase.isCookiePending === true;
}

/**
 * Whether the request presented the new id of a renewal, so that the old one may go.
 *
 * @internal
 */
export function isRenewalConfirmed(phase: LoadedSession): boolean {
  return phase.record.renewedFrom !== undefined && !isCookiePending(phase);
}

/**
 * The phase after the new id was looked up again: the lookup does not mean that the browser has presented it.
 *
 * @internal
 */
export function keepPendingCookie(now: SessionPhase, before: SessionPhase): SessionPhase {
  return isCookiePending(before) ? withPendingCookie(now) : now;
}

/** A session under an id that the browser has yet to present. @internal */
export function withPendingCookie(phase: SessionPhase): SessionPhase {
  return phase.kind === 'live' ? { ...phase, isCookiePending: true } : phase;
}

/**
 * The response's action on the session cookie.
 *
 * @internal
 */
export type CookieAction = 'leave' | 'issue' | 'clear';

/** @internal */
export type Intent = 'keep' | 'rotate' | 'destroy';

/**
 * One key whose new value depends on the old one. `compute` runs once per attempt, on the value it would replace;
 * undefined means "no value" on both sides.
 *
 * @internal
 */
export interface KeyUpdate {
  readonly key: string;
  readonly compute: (current: unknown) => unknown;
}

/**
 * The request for which a session is looked up and written.
 *
 * @internal
 */
export interface RequestInfo {
  /** When the request that presented the ids arrived: milliseconds since the epoch. */
  readonly arrivedAt: number;
  /** The request itself, as its framework provides it; undefined if there is none. */
  readonly request?: object | undefined;
}

const NO_DATA = Object.freeze({});

/** The values of a session; none before it is loaded. @internal */
export function dataOf(phase: SessionPhase): Readonly<Record<string, unknown>> {
  return phase.kind === 'live' ? phase.record.data : NO_DATA;
}

/**
 * The phase in which a request begins.
 *
 * @param presented the well-formed ids that the request presented; undefined if it presented nothing at all
 * @internal
 */
export function phaseOfPresented(presented: readonly string[] | undefined): SessionPhase {
  if (presented === undefined) return { kind: 'new' };
  return presented.length === 0 ? { kind: 'absent' } : { kind: 'unloaded', ids: presented };
}

/**
 * The input of a commit.
 *
 * @internal
 */
export interface CommitRequest {
  readonly phase: SessionPhase;
  /** Whether the record was loaded for this very commit, so that "nothing to change" can be trusted. */
  readonly isFresh: boolean;
  readonly intent: Intent;
  readonly changes: Changes;
  readonly keyUpdate?: KeyUpdate | undefined;
  /** Whether a new cookie can still reach the client. */
  readonly canIssueCookie: boolean;
  /** The id for a session that is created or rotated, if the application already has it. */
  readonly newId?: string | undefined;
  readonly requestInfo: RequestInfo;
}

/** @internal */
export interface CommitResult {
  readonly phase: SessionPhase;
  readonly cookie: CookieAction;
  /** The value that the key update stored. */
  readonly value: unknown;
}

/**
 * The store behind rules that a session needs. The commit layer implements it.
 *
 * @internal
 */
export interface SessionBackend {
  /** Upper bound on the size of a record, in bytes. */
  readonly recordBytes: number;
  now(): number;
  load(ids: readonly string[], requestInfo: RequestInfo): Promise<SessionPhase>;
  commit(work: CommitRequest): Promise<CommitResult>;
  /** Whether a session that was only read still needs a commit. */
  isMaintenanceDue(phase: LoadedSession, canIssueCookie: boolean): boolean;
}
