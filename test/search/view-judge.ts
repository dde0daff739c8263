import type { LiveRecord } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import type { Evidence } from './evidence.js';
import { SEED_DATA, SEED_KEY } from './seed.js';

/** What an id shows in the end. */
export interface View {
  /** Of the session that it leads to. */
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly flashed: readonly number[];
}

/** Judges what all ids show that anybody knows. */
export function judgeViews(views: readonly View[], evidence: Evidence): void {
  for (const judge of [sets, refusals, counts, taken, flashes, removed]) judge(views, evidence);
  ended(evidence);
}

function sets(views: readonly View[], evidence: Evidence): void {
  for (const deed of evidence.acknowledged('set', 'set again')) {
    const { key, value } = deed;
    const isThere = views.some(({ data }) => data[key!] === value);
    evidence.demand(
      isThere || evidence.isCut(deed.began, 'clear'),
      '2: an acknowledged set is there',
    );
  }
}

function refusals(views: readonly View[], evidence: Evidence): void {
  const isThere = evidence.deeds.some(
    ({ outcome, kind, key, value }) =>
      outcome === 'refused' &&
      kind.startsWith('set') &&
      views.some(({ data }) => data[key!] === value),
  );
  evidence.demand(!isThere, '4: what was answered with 409 is not stored');
}

function counts(views: readonly View[], evidence: Evidence): void {
  const updates = evidence.of('update');
  const acknowledged = updates.filter(({ outcome }) => outcome === 'acknowledged');
  const unknown = updates.filter(({ outcome }) => outcome === 'unknown');
  const sessions = new Map(views.map(({ id, data }) => [id, Number(data.n ?? 0)]));
  const isOnce = Math.max(...sessions.values()) <= acknowledged.length + unknown.length;
  evidence.demand(isOnce, '3: an increment counts at most once');
  // Of several that come without a cookie, each begins a session.
  const counted = [...sessions.values()].reduce((sum, count) => sum + count, 0);
  const areEnded = acknowledged.some(({ began }) => evidence.isCut(began, 'clear'));
  const isCounted = counted >= acknowledged.length || areEnded;
  evidence.demand(isCounted, '3: an acknowledged increment counts');
}

function taken(views: readonly View[], evidence: Evidence): void {
  const takes = evidence.of('take');
  const got = takes.filter(({ answer }) => answer === SEED_DATA.t);
  const isThere = views.some(({ data }) => data.t === SEED_DATA.t);
  evidence.demand(got.length <= 1, '3: a value is taken once');
  evidence.demand(got.length === 0 || !isThere, '3: a value that was taken is gone');
  const isLost = takes.length > 0 && got.length === 0 && !isThere;
  const isInDoubt = takes.some(({ outcome }) => outcome === 'unknown');
  evidence.demand(
    !isLost || isInDoubt || evidence.isCut(0, 'clear'),
    '3: a value is not taken by nobody',
  );
}

function flashes(views: readonly View[], evidence: Evidence): void {
  const asked = evidence.of('flashed');
  const given = [
    ...asked.flatMap(({ answer }) => answer ?? []),
    ...views.flatMap(({ flashed }) => flashed),
  ];
  evidence.demand(new Set(given).size === given.length, '3: a flashed value is handed out once');
  for (const deed of evidence.acknowledged('flash')) {
    const isExcused =
      asked.some(({ outcome }) => outcome === 'unknown') || evidence.isCut(deed.began);
    evidence.demand(
      given.includes(deed.value!) || isExcused,
      '2: an acknowledged flash is handed out',
    );
  }
}

function removed(views: readonly View[], evidence: Evidence): void {
  const isThere = (key: string) => views.some(({ data }) => data[key] !== undefined);
  for (const deed of evidence.acknowledged('delete'))
    evidence.demand(!isThere('d') || evidence.isAside(deed), '2: an acknowledged delete stays');
  for (const deed of evidence.acknowledged('clear'))
    evidence.demand(!isThere('z') || evidence.isAside(deed), '2: an acknowledged clear stays');
}

/** A session that a request ended is behind none of the ids that anybody knows. */
function ended(evidence: Evidence): void {
  const live = [...evidence.execution.ids]
    .map((id) => evidence.execution.ledger.load(storeKeyOf(id)))
    .filter((record): record is LiveRecord => record?.kind === 'live')
    .filter(({ lineage, key }) => (lineage ?? key) === SEED_KEY);
  const isDestroyed = evidence.deeds.some(
    ({ kind, answer }) => kind === 'destroy' && answer === 'destroyed',
  );
  const isRevoked = evidence.deeds.some(
    ({ kind, answer }) => kind === 'revoke' && Number(answer) > 0,
  );
  evidence.demand(!isDestroyed || live.length === 0, '5: a destroyed session stays dead');
  const isOfAnn = live.some(({ userId }) => userId === 'ann');
  evidence.demand(!isRevoked || !isOfAnn, '5: a revoked session stays dead');
}
