import { type Call, isRead } from './calls.js';
import type { Names } from './names.js';

/** Something that may happen next. */
export interface SearchEvent {
  /** What happens, or what becomes of the call. */
  readonly what: string;
  readonly faults: number;
  readonly happen: () => void;
  /** The call to the store that goes on by it, where it is one; anything else concerns all. */
  readonly call?: Call;
  /** Where it is the start of a request: what that loads first, and at once. */
  readonly start?: { readonly process: number; readonly key: string | undefined };
  /** Whether the store takes part. */
  readonly hasEffect: boolean;
}

export function event(what: string, faults: number, happen: () => void): SearchEvent {
  return { what, faults, happen, hasEffect: true };
}

/** Names the event among all that ever may happen in an execution that begins alike. */
export function nameOf({ what, call }: SearchEvent): string {
  return call ? `${call.owner}${call.number}${what}` : what;
}

/** What a reader calls each of the events. Calls that are alike are told apart. */
export function labelsOf(events: readonly SearchEvent[], names: Names): readonly string[] {
  const counts = new Map<string, number>();
  return events.map(({ what, call }) => {
    const key = call?.key ? names.of(call.key, '?') : '';
    const label = call ? `${call.owner} ${call.name} ${key}${what}` : what;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 ? label : `${label} (${count})`;
  });
}

/**
 * Whether two events come to the same in either order, and neither keeps the other from happening, unless the first one ends
 * its request: then the browser may have another cookie, for the request that starts, or until the other one ends.
 */
export function areIndependent(one: SearchEvent, other: SearchEvent, faultsLeft: number): boolean {
  if (one.call && other.start) return isApart(one.call, one.hasEffect, other.start);
  if (!one.call || !other.call || one.faults + other.faults > faultsLeft) return false;
  const [a, b] = [one.call, other.call];
  if (a.owner === b.owner || a.process === b.process) return false;
  if (!one.hasEffect || !other.hasEffect) return true;
  const areApart = a.key !== b.key && a.name !== 'list' && b.name !== 'list';
  return areApart || (isRead(a) && isRead(b));
}

/** Whether a request may as well have started, and loaded what it loads first, before the call went on. */
function isApart(
  call: Call,
  hasEffect: boolean,
  start: NonNullable<SearchEvent['start']>,
): boolean {
  return call.process !== start.process && (!hasEffect || isRead(call) || call.key !== start.key);
}
