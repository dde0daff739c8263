import { setImmediate as nextRound } from 'node:timers/promises';
import { SessionError } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { ManualClock } from 'nestjs-sessions/testing';
import { pause } from '../../lib/core/options/clock.js';
import { barrier, Bench } from '../support/open.js';
import { passTime } from '../support/pass-time.js';

type Counted = { n: number; slow: boolean };
type Commit = (server: Bench, id: string, n: number) => Promise<unknown>;

/** How long the fast server has been writing when the slow one begins. */
const HEAD_START_MS = 100;
/** Longer than the slow server waits for its store. */
const WRITING_MS = 2_500;

/** A server whose calls take `wayMs` to its store, and the answers as long to come back. */
function server(clock: ManualClock, inner: MemorySessionStore, wayMs: number): Bench {
  const bench = new Bench({}, { clock, inner });
  if (wayMs === 0) return bench;
  bench.store.before = bench.store.after = () => pause(clock, wayMs);
  return bench;
}

const increment: Commit = (server, id) => server.open<Counted>(id).update('n', (n = 0) => n + 1);

const outcomeOf = (commit: Promise<unknown>): Promise<string> =>
  commit.then(
    () => 'acknowledged',
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  );

async function outcomes(commits: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of await Promise.all(commits.map(outcomeOf)))
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe('A session that another server writes every 2 ms', () => {
  const clock = new ManualClock();
  const inner = new MemorySessionStore({ clock });
  const fast = server(clock, inner, 0);

  /** Begins a write every 2 ms, whatever becomes of the ones before. */
  async function writeAllTheTime(id: string): Promise<Record<string, number>> {
    const writes: Promise<unknown>[] = [];
    for (const until = clock.now() + WRITING_MS; clock.now() < until;) {
      writes.push(increment(fast, id, 0));
      await pause(clock, 2);
    }
    return outcomes(writes);
  }

  async function writeSlowly(id: string): Promise<void> {
    const session = server(clock, inner, 5).open<Counted>(id);
    session.set('slow', true);
    await session.update('n', (n = 0) => n + 1);
  }

  it.each([0, 0.5, 1, 1.5])(
    'takes the write of a server at 5 ms that begins %d ms after one of the others',
    async (offsetMs) => {
      const id = await fast.stored({ n: 0 });
      const others = writeAllTheTime(id);
      const slow = pause(clock, HEAD_START_MS + offsetMs).then(() => outcomeOf(writeSlowly(id)));
      const result = await passTime(clock, Promise.all([slow, others]));

      expect(result).toEqual(['acknowledged', { acknowledged: expect.any(Number) }]);
      expect(await fast.read(id)).toEqual({ n: result[1].acknowledged! + 1, slow: true });
    },
  );
});

describe('200 commits at once on one session of one server, at 5 ms per call', () => {
  const kinds: Record<string, Commit> = {
    'that increment': increment,
    'that set a key each': async (server, id, n) => {
      const session = server.open(id);
      session.set(`key-${n}`, n);
      await session.save();
    },
    'that have read it before': async (server, id) => {
      const session = await server.open<Counted>(id).load();
      await session.update('n', (n = 0) => n + 1);
    },
  };

  it.each(Object.entries(kinds))('%s are all acknowledged, at a save each', async (_, commit) => {
    const clock = new ManualClock();
    const bench = server(clock, new MemorySessionStore({ clock }), 2.5);
    const id = await passTime(clock, bench.stored({ n: 0 }));
    const commits = Array.from({ length: 200 }, (_, n) => commit(bench, id, n));
    const result = await passTime(clock, outcomes(commits));
    const calls = bench.store.takeCalls();
    const { n, ...keys } = await passTime(clock, bench.read(id));

    expect(result).toEqual({ acknowledged: 200 });
    expect((n as number) + Object.keys(keys).length).toBe(200);
    expect(calls.match(/load/g)!.length).toBeLessThanOrEqual(200);
    expect(calls.match(/save/g)!.length).toBeLessThanOrEqual(200);
  });
});

describe('Three commits of one session, the first of which is answered as the time of the others ends', () => {
  /** @param turns how many microtasks lie between the two */
  async function outcomesAfter(turns: number): Promise<readonly string[]> {
    const bench = new Bench({ limits: { storeTimeout: '2s' } });
    const id = await bench.stored({ n: 0 });
    const answer = barrier();
    const sessions = [1, 2, 3].map(() => bench.open<Counted>(id));
    for (const session of sessions) await session.load();
    bench.store.after = () => answer.reached;
    const commits: Promise<string>[] = [];
    for (const session of sessions) {
      commits.push(outcomeOf(session.update('n', (n = 0) => n + 1)));
      await nextRound();
      if (commits.length === 1) bench.clock.advance(500);
    }

    bench.store.before = () => new Promise(() => undefined);
    answer.lift();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    bench.clock.advance(1_000);
    bench.clock.advance(1_000);
    await nextRound();
    bench.clock.advance(10_000);
    return Promise.all(commits);
  }

  it.each(Array.from({ length: 40 }, (_, turns) => turns))(
    'are all answered, and no rejection is left over, %d microtasks apart',
    async (turns) => {
      const [first, ...others] = await outcomesAfter(turns);
      expect(['acknowledged', 'SESSION_STORE_UNAVAILABLE']).toContain(first);
      expect(others).toEqual(['SESSION_STORE_UNAVAILABLE', 'SESSION_STORE_UNAVAILABLE']);
    },
  );
});
