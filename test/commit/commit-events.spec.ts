import { MemorySessionStore } from 'nestjs-sessions/memory';
import { ManualClock } from 'nestjs-sessions/testing';
import { eventsOf } from '../../lib/commit/commit-events.js';
import type { Plan } from '../../lib/commit/plan.js';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import type { LiveRecord } from '../../lib/core/record/session-record.js';
import type { SessionPhase } from '../../lib/core/session/session-phase.js';
import { Bench } from '../support/open.js';

const NEW: SessionPhase = { kind: 'new' };
const DESTROYED: SessionPhase = { kind: 'destroyed' };
const nobody = live({});
const ann = live({ userId: 'ann' });
const eve = live({ userId: 'eve' });

describe('The events of a commit', () => {
  it.each<[string, Plan['call'], SessionPhase, SessionPhase, string[]]>([
    ['a first visit', 'create', NEW, nobody, []],
    ['a login at the first visit', 'create', NEW, ann, ['signed-in ann']],
    ['a write', 'save', ann, ann, []],
    ['a login without rotation', 'save', nobody, ann, ['signed-in ann']],
    ['a logout that keeps the session', 'save', ann, nobody, ['signed-out ann']],
    ['another user', 'save', ann, eve, ['signed-out ann', 'signed-in eve']],
    ['a rotation', 'rotate', ann, ann, ['rotated ann']],
    ['a login', 'rotate', nobody, ann, ['rotated ann', 'signed-in ann']],
    ['a renewal', 'renew', ann, ann, ['renewed ann']],
    ['a renewal of a visitor', 'renew', nobody, nobody, ['renewed nobody']],
    ['a logout', 'delete', ann, DESTROYED, ['signed-out ann']],
    ['the end of a visit', 'delete', nobody, DESTROYED, []],
    ['a touch', 'touch', ann, ann, []],
    ['nothing', 'none', ann, ann, []],
  ])('%s', (_, call, before, after, told) => {
    const news = eventsOf(call, before, after);
    expect(news.map(({ type, userId = 'nobody' }) => `${type} ${userId}`)).toEqual(told);
    expect(news.filter(({ key }) => key !== 'first key')).toEqual([]);
  });
});

describe('The event for a presented id', () => {
  const MINUTE = 60_000;
  const IDLE = 30 * MINUTE;
  const ABSOLUTE = 12 * 60 * MINUTE;
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  async function storedOf(userId: string): Promise<string> {
    const id = await bench.stored();
    const session = bench.open(id);
    session.userId = userId;
    await session.save();
    bench.news.length = 0;
    return id;
  }

  async function rotated(id: string): Promise<string> {
    const session = bench.open(id);
    session.rotate();
    await session.save();
    bench.news.length = 0;
    return session.id!;
  }

  async function shown(...ids: string[]): Promise<readonly unknown[]> {
    await bench.open(...ids).load();
    return bench.news.splice(0);
  }

  it.each([
    [-1, []],
    [0, ['expired']],
    [1, ['expired']],
  ])('%i ms from the idle timeout of its session is %j', async (offset, told) => {
    const id = await storedOf('ann');
    bench.clock.advance(IDLE + offset);
    const expired = told.map((type) => ({ type, key: storeKeyOf(id), userId: 'ann' }));

    expect(await shown(id)).toEqual(expired);
  });

  it('is expired each time, as long as the store has the session', async () => {
    const id = await bench.stored();
    bench.clock.advance(IDLE);
    const expired = { type: 'expired', key: storeKeyOf(id) };

    expect(await shown(id)).toEqual([expired]);
    expect(await shown(id)).toEqual([expired]);
    await (bench.store.inner as MemorySessionStore).deleteExpired();
    bench.clock.advance(MINUTE);
    await (bench.store.inner as MemorySessionStore).deleteExpired();
    expect(await shown(id)).toEqual([{ ...expired, type: 'unknown-id' }]);
  });

  it('is expired at the absolute limit, whatever the store returns', async () => {
    const clock = new ManualClock();
    bench = new Bench({}, { clock, inner: new MemorySessionStore({ clock: new ManualClock(0) }) });
    const id = await bench.stored();
    const record = (await bench.store.inner.load(storeKeyOf(id)))!;
    bench.store.inner.load = async () => ({ ...record, expiresAt: Number.MAX_SAFE_INTEGER });
    bench.clock.advance(ABSOLUTE);

    expect(await shown(id)).toEqual([{ type: 'expired', key: storeKeyOf(id) }]);
  });

  it('identifies an expired session by its lineage', async () => {
    const first = await storedOf('ann');
    const id = await rotated(first);
    bench.clock.advance(IDLE);

    expect(await shown(id)).toEqual([{ type: 'expired', key: storeKeyOf(first), userId: 'ann' }]);
  });

  it('is unknown-id after the tombstone of its rotation has expired', async () => {
    const first = await storedOf('ann');
    await rotated(first);
    bench.clock.advance(5 * MINUTE);

    expect(await shown(first)).toEqual([{ type: 'unknown-id', key: storeKeyOf(first) }]);
  });

  it('is expired if the id redirects to a renewed id of an expired session', async () => {
    bench = new Bench({ lifetime: { renewEvery: 10 * MINUTE } });
    const first = await storedOf('ann');
    bench.clock.advance(10 * MINUTE);
    await renewedAt(first);
    const { inner } = bench.store;
    const way = (await inner.load(storeKeyOf(first)))!;
    bench.clock.advance(IDLE);
    await inner.create({ ...way, expiresAt: bench.clock.now() + MINUTE });

    expect(await shown(first)).toEqual([
      { type: 'expired', key: storeKeyOf(first), userId: 'ann' },
    ]);
  });

  it('is emitted for each id separately', async () => {
    const [one, two] = [await storedOf('ann'), await bench.stored()];
    bench.clock.advance(IDLE - 1);
    const alive = await bench.stored();
    bench.clock.advance(1);

    expect(await shown(one, two, alive)).toEqual([
      { type: 'expired', key: storeKeyOf(one), userId: 'ann' },
      { type: 'expired', key: storeKeyOf(two) },
    ]);
  });

  it('is not emitted when the session expires while the request is under way', async () => {
    const session = bench.open(await storedOf('ann'));
    session.set('b', 2);
    await session.load();
    bench.clock.advance(IDLE);

    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    expect(bench.news).toEqual([]);
  });

  /** What the end of a request leaves behind that renews the id. */
  async function renewedAt(id: string): Promise<void> {
    const state = bench.state(id);
    await state.load();
    state.isUsed = true;
    await state.finish();
    bench.news.length = 0;
  }
});

/** A session that was rotated once, so that its key is another than the one it began with. */
function live(content: Partial<LiveRecord>): SessionPhase {
  const record = { kind: 'live', key: 'second key', lineage: 'first key', data: {}, ...content };
  return { kind: 'live', id: 'id', record: record as LiveRecord };
}
