import type { LiveRecord } from 'nestjs-sessions';
import type { Evidence } from './evidence.js';
import { SEED_KEY } from './seed.js';

/** Judges all that was stored at any time. */
export function judgeHistory(evidence: Evidence): void {
  const records = recordsIn(evidence);
  const ofAnn = new Set(records.filter(({ userId }) => userId === 'ann').flatMap(valuesIn));
  const ofFailures = keysOf(evidence, ({ outcome }) => outcome === 'discarded');
  for (const record of records) {
    const { data, userId } = record;
    const isFailed = ofFailures.some((key) => data[key] !== undefined);
    evidence.demand(!isFailed, '4: what a handler changed that fails is not stored');
    const isOfAnn = userId === 'bob' && valuesIn(record).some((value) => ofAnn.has(value));
    evidence.demand(!isOfAnn, "9: nothing of ann's is in a session of bob's");
  }
  judgeWalls(evidence, records);
  judgeEnds(evidence);
}

/** What a request brings that presents an id after its rotation is nothing to the session that was rotated. */
function judgeWalls(evidence: Evidence, records: readonly LiveRecord[]): void {
  const walled = evidence.execution.requests.filter(({ metWall }) => metWall);
  const keys = keysOf(evidence, ({ by }) => walled.some(({ name }) => name === by));
  const isThere = records
    .filter(({ key, lineage }) => (lineage ?? key) === SEED_KEY)
    .some(({ data }) => keys.some((key) => data[key] !== undefined));
  evidence.demand(!isThere, '7: nothing is written through an id that was rotated away');
}

function judgeEnds(evidence: Evidence): void {
  const { ledger, skewedMs } = evidence.execution;
  for (const key of ledger.keys) {
    let latest = 0;
    for (const record of ledger.statesSince(key, 0)) {
      if (record?.kind !== 'live') continue;
      const isBack = record.expiresAt < latest - skewedMs;
      evidence.demand(!isBack, '11: the end of a session in use does not move back');
      latest = Math.max(latest, record.expiresAt);
    }
  }
}

function recordsIn({ execution: { ledger } }: Evidence): readonly LiveRecord[] {
  return ledger.keys
    .flatMap((key) => ledger.statesSince(key, 0))
    .filter((record): record is LiveRecord => record?.kind === 'live');
}

/** The keys that requests set, each its own. */
function keysOf(
  { deeds }: Evidence,
  isWanted: (deed: Evidence['deeds'][number]) => boolean,
): string[] {
  return deeds
    .filter((deed) => deed.kind.startsWith('set') && isWanted(deed))
    .map(({ key }) => key!);
}

/** What requests stored; what was there before is nobody's. */
function valuesIn({ data }: LiveRecord): unknown[] {
  const flashes = Object.entries(data)
    .filter(([key]) => key.startsWith('@sessions/flash/'))
    .flatMap(([, values]) => Object.values(values as object) as unknown[]);
  const own = Object.entries(data)
    .filter(([key]) => key.startsWith('s'))
    .map(([, value]) => value);
  return [...flashes, ...own];
}
