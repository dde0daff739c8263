import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { Bench } from '../support/open.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('A session', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it.each([
    [-1, { a: 1 }],
    [0, {}],
    [1, {}],
  ])('%i ms from its idle timeout reads %j', async (offset, seen) => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(30 * MINUTE + offset);

    expect(await bench.read(id)).toEqual(seen);
  });

  it.each([
    [-1, { a: 1 }],
    [0, {}],
    [1, {}],
  ])('%i ms from its absolute limit reads %j, however much it was used', async (offset, seen) => {
    const id = await bench.stored({ a: 1 });
    const start = bench.clock.now();
    for (let use = 0; use < 47; use++) {
      bench.clock.advance(15 * MINUTE);
      await touched(id);
    }
    bench.clock.advance(start + 12 * HOUR + offset - bench.clock.now());

    expect(await bench.read(id)).toEqual(seen);
  });

  async function touched(id: string): Promise<void> {
    const session = bench.open(id);
    await session.load();
    await session.save();
  }

  it('is dead at its limits also when the store still serves it', async () => {
    const id = await bench.stored({ a: 1 });
    const stale = await bench.store.inner.load(storeKeyOf(id));
    bench.store.inner.load = () => Promise.resolve(stale);
    bench.clock.advance(30 * MINUTE);

    expect(await bench.read(id)).toEqual({});
  });

  it('is touched at most once per tenth of its idle timeout', async () => {
    const id = await bench.stored();
    for (let read = 0; read < 100; read++) {
      bench.clock.advance(600);
      await touched(id);
    }

    expect(bench.store.calls.filter((call) => call === 'touch')).toHaveLength(0);
    bench.clock.advance(2 * MINUTE);
    await touched(id);
    expect(bench.store.calls.filter((call) => call === 'touch')).toHaveLength(1);
  });

  it('lives on by touches alone', async () => {
    const id = await bench.stored({ a: 1 });
    for (let use = 0; use < 10; use++) {
      bench.clock.advance(29 * MINUTE);
      await touched(id);
    }

    expect(await bench.read(id)).toEqual({ a: 1 });
  });

  it('is served when its touch fails', async () => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(10 * MINUTE);
    bench.store.before = (operation) => {
      if (operation === 'touch') throw new Error('down');
    };
    await touched(id);

    expect(bench.warnings).toEqual(['The idle time of a session could not be extended.']);
    expect(await bench.read(id)).toEqual({ a: 1 });
  });

  it('does not live longer by a touch of a request that loaded it before a rotation', async () => {
    const id = await bench.stored({ a: 1 });
    bench.clock.advance(10 * MINUTE);
    const reader = bench.open(id);
    await reader.load();
    const login = bench.open(id);
    login.rotate();
    await login.save();
    await reader.save();
    bench.clock.advance(5 * MINUTE);

    expect((await bench.open(id).load()).status).toBe('new');
  });

  describe('with a lifetime of its own', () => {
    it('ends after that inactivity', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.setLifetime({ afterInactivity: '5m' });
      await session.save();
      bench.clock.advance(5 * MINUTE - 1);
      await touched(session.id!);
      bench.clock.advance(5 * MINUTE - 1);
      expect(await bench.read(session.id!)).toEqual({ a: 1 });
      bench.clock.advance(1);
      expect(await bench.read(session.id!)).toEqual({});
    });

    it('ends at that date, idle or not, beyond the module’s limit too', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.setLifetime({ at: new Date(bench.clock.now() + 30 * 24 * HOUR) });
      await session.save();
      bench.clock.advance(30 * 24 * HOUR - 1);
      await touched(session.id!);
      expect(await bench.read(session.id!)).toEqual({ a: 1 });
      bench.clock.advance(1);
      expect(await bench.read(session.id!)).toEqual({});
    });

    it('returns to the lifetime of the module', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.setLifetime({ at: new Date(bench.clock.now() + 30 * 24 * HOUR) });
      await session.save();
      session.setLifetime('until-browser-closes');
      await session.save();
      bench.clock.advance(30 * MINUTE);

      expect(await bench.read(session.id!)).toEqual({});
    });

    it('keeps it when it is rotated', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.setLifetime({ afterInactivity: '2h' });
      await session.save();
      session.rotate();
      await session.save();
      bench.clock.advance(2 * HOUR - 1);

      expect(await bench.read(session.id!)).toEqual({ a: 1 });
    });

    it('never lives beyond the absolute limit for a longer inactivity', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.setLifetime({ afterInactivity: '30d' });
      await session.save();
      bench.clock.advance(12 * HOUR);

      expect(await bench.read(session.id!)).toEqual({});
    });

    it('issues its cookie anew when it gets another, and only then', async () => {
      const id = await bench.stored();
      for (const cookie of ['issue', 'leave']) {
        const state = bench.state(id);
        state.isUsed = true;
        state.pending.edit().setLifetime({ kind: 'inactivity', idleTimeoutMs: HOUR });
        await state.commit();
        expect(state.cookie).toBe(cookie);
      }
    });

    it.each([
      { at: new Date(NaN) },
      { at: new Date(0) },
      { afterInactivity: -1 },
      { afterInactivity: 30 },
      { afterInactivity: 1e300 },
      { afterInactivity: 'soon' },
      null,
      undefined,
      'forever',
      5,
    ])('refuses %j', (lifetime) => {
      expect(() => bench.open().setLifetime(lifetime as { at: Date })).toThrow(
        expect.objectContaining({ code: 'SESSION_CONFIG_INVALID' }),
      );
    });
  });
});
