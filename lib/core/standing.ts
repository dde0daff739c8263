import type { Changes } from './changes.js';
import type { LiveRecord } from './session-record.js';

/**
 * Where a session stands, as far as this request knows:
 *
 * - `unloaded`: the request presented one or more well-formed ids, and nobody has looked yet;
 * - `new`: no id was presented, nothing is stored;
 * - `absent`: what was presented is malformed, unknown, expired or ambiguous;
 * - `superseded`: a rotation left a marker under the presented id;
 * - `live`: this is its record, as last seen;
 * - `destroyed`: this request ended it.
 *
 * @internal
 */
export type Standing =
  | { readonly kind: 'unloaded'; readonly ids: readonly string[] }
  | { readonly kind: 'new' }
  | { readonly kind: 'absent' }
  | RotatedAway
  | LiveStanding
  | { readonly kind: 'destroyed' };

/** @internal */
export interface RotatedAway {
  readonly kind: 'superseded';
  /** Whether the request came after the rotation, so that it was not under way: its browser may have missed the new id. */
  readonly cameAfter: boolean;
}

/** @internal */
export interface LiveStanding {
  readonly kind: 'live';
  readonly id: string;
  readonly record: LiveRecord;
  /** Whether the id is one that the browser has not shown yet, since it was renewed: its cookie is to be offered. */
  readonly isOffered?: boolean;
  /** Whether what there was to do besides what the request asked for was done, or left to the next request. */
  readonly isKeptUp?: boolean;
}

/** Whether the cookie of a session is to be offered, since its browser has not shown its id yet. @internal */
export function isOffered(standing: Standing): standing is LiveStanding {
  return standing.kind === 'live' && standing.isOffered === true;
}

/**
 * Whether this is the session of a request that presented the new id of a renewal: the old one may go.
 *
 * @internal
 */
export function isFirstShown(standing: LiveStanding): boolean {
  return standing.record.predecessor !== undefined && !isOffered(standing);
}

/**
 * Where a session stands that was looked up again by its new id: the browser has not shown it for that.
 *
 * @internal
 */
export function asOffered(now: Standing, before: Standing): Standing {
  return isOffered(before) && now.kind === 'live' ? { ...now, isOffered: true } : now;
}

/**
 * What the response is to do with the session cookie.
 *
 * @internal
 */
export type CookieAction = 'leave' | 'issue' | 'clear';

/** @internal */
export type Intent = 'keep' | 'rotate' | 'destroy';

/**
 * One key whose new value depends on the old one. `compute` runs once per attempt, on the value it would replace;
 * undefined stands for "no value" on both sides.
 *
 * @internal
 */
export interface Modification {
  readonly key: string;
  readonly compute: (current: unknown) => unknown;
}

/**
 * On whose behalf a session is looked up and written.
 *
 * @internal
 */
export interface Asker {
  /** When the request came that presented the ids: milliseconds since the epoch. */
  readonly arrivedAt: number;
  /** The request itself, as its framework hands it out; undefined where there is none. */
  readonly request?: object;
}

/**
 * What a commit is asked to do.
 *
 * @internal
 */
export interface Work {
  readonly standing: Standing;
  /** Whether the record was loaded for this very commit, so that "nothing to change" can be trusted. */
  readonly isFresh: boolean;
  readonly intent: Intent;
  readonly changes: Changes;
  readonly modification: Modification | undefined;
  /** Whether a new cookie can still reach the client. */
  readonly canIssueCookie: boolean;
  /** The id for a session that is created or rotated, where the application has been given it already. */
  readonly newId?: string | undefined;
  readonly asker: Asker;
}

/** @internal */
export interface Committed {
  readonly standing: Standing;
  readonly cookie: CookieAction;
  /** What the modification stored. */
  readonly value: unknown;
}

/**
 * What a session needs from the outside: a store behind rules. The commit layer implements it.
 *
 * @internal
 */
export interface SessionBackend {
  /** What a record may take. */
  readonly recordBytes: number;
  now(): number;
  load(ids: readonly string[], asker: Asker): Promise<Standing>;
  commit(work: Work): Promise<Committed>;
  /** Whether a session that was only read takes a commit all the same. */
  isUpkeepDue(standing: LiveStanding, canIssueCookie: boolean): boolean;
}
