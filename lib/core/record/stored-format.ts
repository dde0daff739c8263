import type { Fields } from './record-shape.js';
import type { SessionRecord } from './session-record.js';

/** Fields whose stored name differs from the one in code. */
const STORED_NAMES = {
  lineage: 'visit',
  renewedFrom: 'predecessor',
  renewedTo: 'successor',
} as const;
const RENAMED = Object.entries(STORED_NAMES);
const STORED_TOMBSTONE = 'marker';

/**
 * A record under the stored names. Most records have none of the renamed fields and are returned as they are.
 *
 * @internal
 */
export function toStored(record: SessionRecord): object {
  if (record.kind === 'tombstone') return { ...withNames(record, RENAMED), kind: STORED_TOMBSTONE };
  const isRenamed = record.lineage !== undefined || record.renewedFrom !== undefined;
  return isRenamed ? withNames(record, RENAMED) : record;
}

/**
 * The inverse of {@link toStored}, for any stored value.
 *
 * @internal
 */
export function fromStored(stored: Fields): Fields {
  if (stored.kind === STORED_TOMBSTONE)
    return { ...withNames(stored, RESTORED), kind: 'tombstone' };
  const isRenamed = stored.visit !== undefined || stored.predecessor !== undefined;
  return isRenamed ? withNames(stored, RESTORED) : stored;
}

const RESTORED = RENAMED.map(([name, stored]) => [stored, name] as const);

function withNames(value: object, names: readonly (readonly [string, string])[]): Fields {
  const renamed: Fields = { ...value };
  for (const [from, to] of names) {
    if (!Object.hasOwn(renamed, from)) continue;
    renamed[to] = renamed[from];
    delete renamed[from];
  }
  return renamed;
}
