import * as fc from 'fast-check';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { ManualClock } from 'nestjs-sessions/testing';
import type { SessionRecord } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { Bench } from '../support/open.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const IDLE = 30 * MINUTE;
const ABSOLUTE = 12 * HOUR;

/** A store whose own expiry never comes: what it is given, it serves for ever. */
function lateStore(): MemorySessionStore {
  return new MemorySessionStore({ clock: new ManualClock(0) });
}

async function touched(bench: Bench, id: string): Promise<void> {
  const session = bench.open(id);
  await session.load();
  await session.save();
}

async function recordOf(bench: Bench, id: string): Promise<SessionRecord> {
  return (await bench.store.inner.load(storeKeyOf(id)))!;
}

describe('By guarantee 11, a session in a store that expires late', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench({}, { clock: new ManualClock(), inner: lateStore() });
  });

  async function useUntil(id: string, instant: number): Promise<void> {
    while (bench.clock.now() + IDLE / 2 < instant) {
      bench.clock.advance(IDLE / 2);
      await touched(bench, id);
    }
    bench.clock.advance(instant - bench.clock.now());
  }

  it.each([
    [-1, { a: 1 }],
    [0, {}],
    [1, {}],
  ])('%i ms from its idle timeout reads %j', async (offset, seen) => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(IDLE + offset);

    expect(await bench.read(id)).toEqual(seen);
  });

  it.each([
    [-1, { a: 1 }],
    [0, {}],
    [1, {}],
  ])('%i ms from its absolute limit reads %j, however much it was used', async (offset, seen) => {
    const id = await bench.stored({ a: 1 });
    await useUntil(id, bench.clock.now() + ABSOLUTE + offset);

    expect(await bench.read(id)).toEqual(seen);
  });

  it('is dead at its absolute limit also when the store says that it ends later', async () => {
    const id = await bench.stored({ a: 1 });
    const record = await recordOf(bench, id);
    bench.store.inner.load = async () => ({ ...record, expiresAt: Number.MAX_SAFE_INTEGER });
    bench.clock.advance(ABSOLUTE - 1);
    expect(await bench.read(id)).toEqual({ a: 1 });
    bench.clock.advance(1);
    expect(await bench.read(id)).toEqual({});
  });

  it('reveals nothing to an update that comes too late', async () => {
    const id = await bench.stored({ n: 41 });
    bench.clock.advance(IDLE);
    const session = bench.open<{ n: number }>(id);

    expect(await session.update('n', (n = 0) => n + 1)).toBe(1);
    expect(session.id).not.toBe(id);
  });

  it('reveals nothing to a rotation that comes too late', async () => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(IDLE);
    const session = bench.open(id);
    session.rotate();
    session.set('b', 2);
    await session.save();

    expect(await bench.read(session.id!)).toEqual({ b: 2 });
  });

  it('has the cookie cleared once the tombstone of its rotation has expired', async () => {
    const id = await bench.stored({ a: 1 });
    const login = bench.open(id);
    login.rotate();
    await login.save();
    bench.clock.advance(5 * MINUTE);
    const state = bench.state(id);
    state.isUsed = true;
    await state.load();
    await state.finish();

    expect(state.cookie).toBe('clear');
  });

  it('is not saved beyond its absolute limit by a request that began before it', async () => {
    const id = await bench.stored({ a: 1 });
    await useUntil(id, bench.clock.now() + ABSOLUTE - 1);
    const session = bench.open(id);
    session.set('b', 2);
    await session.load();
    bench.clock.advance(1);
    await session.save();

    expect(await bench.read(id)).toEqual({});
  });
});

describe('By guarantee 11, when the clock of the server steps', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it.each([
    ['idle timeout', IDLE],
    ['absolute limit', ABSOLUTE],
  ])('forwards to its %s, a session is dead, and stays so when it steps back', async (_, span) => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(span);
    expect(await bench.read(id)).toEqual({});
    bench.clock.advance(-span);
    expect(await bench.read(id)).toEqual({});
  });

  it('forwards during a request, a session that ended thereby is not brought back', async () => {
    const id = await bench.stored({ a: 1 });
    const session = bench.open(id);
    session.set('b', 2);
    await session.load();
    bench.clock.advance(IDLE);

    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    bench.clock.advance(-IDLE);
    expect(await bench.read(id)).toEqual({});
  });

  it('backwards, a session lives on, and no touch brings its end closer', async () => {
    const id = await bench.stored({ a: 1 });
    const before = await recordOf(bench, id);
    bench.clock.advance(-2 * HOUR);
    await touched(bench, id);

    expect(bench.store.takeCalls()).toBe('load');
    expect(await recordOf(bench, id)).toEqual(before);
  });

  it.each(['touched', 'written'])(
    'backwards, a session that is %s keeps its absolute limit',
    async (use) => {
      const id = await bench.stored({ a: 1 });
      const limit = bench.clock.now() + ABSOLUTE;
      for (const span of [-3 * HOUR, 20 * MINUTE, -5 * HOUR, 20 * MINUTE, 20 * MINUTE]) {
        bench.clock.advance(span);
        const session = bench.open(id);
        if (use === 'written') session.set('b', span);
        else await session.load();
        await session.save();
      }

      expect((await recordOf(bench, id)).absoluteExpiresAt).toBe(limit);
    },
  );
});

describe('By guarantee 11, on servers whose clocks differ', () => {
  /** A store and two servers, of which the second is ahead. */
  function twoServers(aheadMs: number, absoluteLifetime = ABSOLUTE): readonly [Bench, Bench] {
    const options = { lifetime: { absoluteLifetime } };
    const slow = new Bench(options, { clock: new ManualClock(), inner: lateStore() });
    const clock = new ManualClock(slow.clock.now() + aheadMs);
    return [slow, new Bench(options, { clock, inner: slow.store.inner })];
  }

  it.each([0, 1])('server %i reads nothing once its own clock is past the limit', async (n) => {
    const servers = twoServers(10 * MINUTE);
    const id = await servers[0].stored({ a: 1 });
    const { expiresAt } = await recordOf(servers[0], id);
    const server = servers[n]!;
    server.clock.advance(expiresAt - 1 - server.clock.now());
    expect(await server.read(id)).toEqual({ a: 1 });
    server.clock.advance(1);
    expect(await server.read(id)).toEqual({});
  });

  it('a session that is used on both lives on, up to the limit that the first one set', async () => {
    const servers = twoServers(10 * MINUTE);
    const [slow, fast] = servers;
    const id = await slow.stored({ a: 1 });
    const limit = slow.clock.now() + ABSOLUTE;
    for (let use = 0; fast.clock.now() + 15 * MINUTE < limit; use++) {
      for (const { clock } of servers) clock.advance(15 * MINUTE);
      const server = servers[use % 2]!;
      await touched(server, id);
      expect(await server.read(id)).toEqual({ a: 1 });
    }
    for (const { clock } of servers) clock.advance(15 * MINUTE);

    expect(await fast.read(id)).toEqual({});
    expect((await recordOf(slow, id)).absoluteExpiresAt).toBe(limit);
  });

  it('none is served past its time, nor lives longer by use than allowed, whatever the clocks do', async () => {
    const step = fc.record({
      server: fc.nat(1),
      span: fc.integer({ min: -HOUR, max: HOUR }),
      isWrite: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: HOUR }), fc.array(step), async (ahead, steps) => {
        const servers = twoServers(ahead, HOUR);
        const id = await servers[0].stored({ a: 1 });
        const limit = servers[0].clock.now() + HOUR;
        for (const { server, span, isWrite } of steps) {
          const bench = servers[server]!;
          bench.clock.advance(span);
          expect(await breachesOfUse(bench, { id, limit, isWrite })).toEqual([]);
        }
      }),
    );
  });

  async function breachesOfUse(
    bench: Bench,
    { id, limit, isWrite }: { id: string; limit: number; isWrite: boolean },
  ): Promise<string[]> {
    const now = bench.clock.now();
    const before = await recordOf(bench, id);
    const session = bench.open(id);
    const isServed = (await session.get('a')) === 1;
    if (isServed && isWrite) session.set('b', now);
    await session.save();
    const { expiresAt, absoluteExpiresAt } = await recordOf(bench, id);
    const isMoved = expiresAt !== before.expiresAt;
    const facts = {
      'is served before its time and not after':
        isServed === (now < before.expiresAt && now < limit),
      'keeps its absolute limit': absoluteExpiresAt === limit,
      'lives an idle timeout from its use': !isMoved || expiresAt === Math.min(now + IDLE, limit),
      'is not shortened by a touch': isWrite || expiresAt >= before.expiresAt,
    };
    return Object.entries(facts).flatMap(([fact, holds]) => (holds ? [] : [fact]));
  }
});

describe('By guarantee 11, a touch', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('moves the end no further than the absolute limit, and once there, is not made again', async () => {
    const id = await bench.stored({ a: 1 });
    const limit = bench.clock.now() + ABSOLUTE;
    while (bench.clock.now() + 20 * MINUTE < limit) {
      bench.clock.advance(20 * MINUTE);
      await touched(bench, id);
      const { expiresAt, absoluteExpiresAt } = await recordOf(bench, id);
      expect([expiresAt <= limit, absoluteExpiresAt]).toEqual([true, limit]);
    }
    bench.store.takeCalls();
    bench.clock.advance(20 * MINUTE - 1);
    await touched(bench, id);

    expect(bench.store.takeCalls()).toBe('load');
  });

  it.each<[string, () => Promise<boolean>]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['finds no record', () => Promise.resolve(false)],
  ])('that %s fails no request', async (_, touch) => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(10 * MINUTE);
    bench.store.inner.touch = touch;

    await expect(touched(bench, id)).resolves.toBeUndefined();
    expect(await bench.read(id)).toEqual({ a: 1 });
  });

  it('that is never answered fails no request', async () => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(10 * MINUTE);
    bench.store.inner.touch = () => {
      setImmediate(() => bench.clock.advance(2_000));
      return new Promise(() => undefined);
    };

    await expect(touched(bench, id)).resolves.toBeUndefined();
    expect(await bench.read(id)).toEqual({ a: 1 });
  });
});
