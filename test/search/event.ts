import { type Call, isRead } from './calls.js';

/** Something that may happen next. */
export interface SearchEvent {
  readonly label: string;
  readonly faults: number;
  readonly happen: () => void;
  /** The call to the store that goes on by it, where it is one; anything else concerns all. */
  readonly call?: Call;
}

/** Tells calls apart that are alike. */
export function withNames(events: readonly SearchEvent[]): SearchEvent[] {
  const counts = new Map<string, number>();
  return events.map((one) => {
    const count = (counts.get(one.label) ?? 0) + 1;
    counts.set(one.label, count);
    return count === 1 ? one : { ...one, label: `${one.label} (${count})` };
  });
}

export function event(label: string, faults: number, happen: () => void, call?: Call): SearchEvent {
  return { label, faults, happen, ...(call && { call }) };
}

/** Names the event among all that ever may happen in an execution that begins alike. */
export function nameOf({ label, call }: SearchEvent): string {
  return call ? `${call.owner}${call.number} ${label}` : label;
}

/** Whether two events come to the same in either order, and neither keeps the other from happening. */
export function areIndependent(one: SearchEvent, other: SearchEvent, faultsLeft: number): boolean {
  if (!one.call || !other.call || one.faults + other.faults > faultsLeft) return false;
  const [a, b] = [one.call, other.call];
  if (a.owner === b.owner || a.process === b.process) return false;
  const areApart = a.key !== b.key && a.name !== 'list' && b.name !== 'list';
  return areApart || (isRead(a) && isRead(b));
}
