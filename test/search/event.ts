/** Something that may happen next. */
export interface SearchEvent {
  readonly label: string;
  readonly faults: number;
  readonly happen: () => void;
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

export function event(label: string, faults: number, happen: () => void): SearchEvent {
  return { label, faults, happen };
}
