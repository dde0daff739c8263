import { dataOf } from '../../lib/core/session/session-phase.js';
import { parseLifetimeOptions } from '../../lib/core/options/lifetime.js';
import { Session } from '../../lib/core/session/session.js';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import type { SessionState } from '../../lib/core/session/session-state.js';
import { Barrier } from '../support/barrier.js';
import { ListedStore } from '../support/listed-store.js';
import { Bench, type Values } from '../support/open.js';

const MINUTE = 60_000;
const RENEW_EVERY = 10 * MINUTE;
const GRACE = MINUTE;
const ON = { lifetime: { renewEvery: RENEW_EVERY } };

describe('Renewal of the id', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(ON);
  });

  /** What the end of a request finds that did this. */
  async function request(
    ids: readonly string[],
    act: (session: Session<Values>) => Promise<unknown> = (session) => session.all(),
  ): Promise<SessionState> {
    const state = bench.state(...ids);
    await act(new Session<Values>(state));
    await state.finish();
    return state;
  }

  async function due(data?: Values): Promise<string> {
    const id = await bench.stored(data);
    bench.clock.advance(RENEW_EVERY);
    return id;
  }

  async function renewed(id: string): Promise<string> {
    const next = idOf(await request([id]));
    bench.store.takeCalls();
    return next;
  }

  it('is off unless it is asked for', async () => {
    bench = new Bench();
    const id = await bench.stored();
    for (let passed = 0; passed < 11 * 60; passed += 20) {
      bench.clock.advance(20 * MINUTE);
      expect(idOf(await request([id]))).toBe(id);
    }
  });

  it.each([MINUTE, 2 * MINUTE - 1])(
    'is refused below two minutes, as every %i ms',
    (renewEvery) => {
      expect(() => parseLifetimeOptions({ renewEvery })).toThrow(/lifetime\.renewEvery.*2 minutes/);
    },
  );

  it('gives a session that is merely read a new id, with one load, one create and one save', async () => {
    const id = await due({ cart: ['a'] });
    const state = await request([id]);

    expect(bench.store.takeCalls()).toBe('load create save');
    expect(idOf(state)).not.toBe(id);
    expect(state.cookie).toBe('issue');
    expect(await bench.read(idOf(state))).toEqual({ cart: ['a'] });
  });

  it('takes what the request changed along', async () => {
    const id = await due({ cart: ['a'] });
    const state = await request([id], async (session) => session.set('user', 'ann'));

    expect(bench.store.takeCalls()).toBe('load create save');
    expect(await bench.read(idOf(state))).toEqual({ cart: ['a'], user: 'ann' });
  });

  it('is not due a millisecond earlier', async () => {
    const id = await bench.stored();
    bench.clock.advance(RENEW_EVERY - 1);
    const state = await request([id]);

    expect(state.cookie).toBe('leave');
    expect(idOf(state)).toBe(id);
  });

  it('waits for a response that can carry the cookie', async () => {
    const state = bench.state(await due());
    state.closeCookie();
    await new Session<Values>(state).all();
    await state.finish();

    expect(bench.store.takeCalls()).toBe('load touch');
  });

  it('moves neither the beginning nor the absolute limit', async () => {
    const id = await due();
    const before = await recordOf(id);
    const after = await recordOf(await renewed(id));

    expect(after).toMatchObject({
      createdAt: before!.createdAt,
      absoluteExpiresAt: before!.absoluteExpiresAt,
    });
  });

  it('is due again one interval after a renewal or a rotation', async () => {
    const id = await renewed(await due());
    const rotated = idOf(await request([id], async (session) => session.rotate()));
    bench.clock.advance(RENEW_EVERY - 1);
    expect(idOf(await request([rotated]))).toBe(rotated);
    bench.clock.advance(1);
    expect(idOf(await request([rotated]))).not.toBe(rotated);
  });

  describe('before a request presents the new id', () => {
    it('offers the same new cookie to the old id again and again', async () => {
      const id = await due();
      const next = await renewed(id);
      for (let passed = 0; passed < 5; passed++) {
        bench.clock.advance(20 * MINUTE);
        const state = await request([id]);
        expect(state.cookie).toBe('issue');
        expect(idOf(state)).toBe(next);
      }
    });

    it('lets the old id write', async () => {
      const id = await due();
      const next = await renewed(id);
      await request([id], async (session) => session.set('late', 1));

      expect(await bench.read(next)).toEqual({ a: 1, late: 1 });
    });

    it('serves under an id that was renewed twice, while the first is in its grace', async () => {
      const id = await due();
      const next = await renewed(id);
      bench.clock.advance(RENEW_EVERY);
      const last = await renewed(next);
      const state = await request([id]);

      expect([idOf(state), state.cookie, dataOf(state.phase)]).toEqual([last, 'issue', { a: 1 }]);
    });

    it('keeps offering after a reload and a write that met another', async () => {
      const id = await due();
      const next = await renewed(id);
      const state = await request([id], async (session) => {
        await session.reload();
        await new Bench(ON, { clock: bench.clock, inner: bench.store.inner })
          .open(id)
          .update('n', () => 1);
        session.set('m', 2);
      });
      bench.clock.advance(5 * MINUTE);

      expect(state.cookie).toBe('issue');
      expect(await bench.read(id)).toEqual({ a: 1, n: 1, m: 2 });
      expect(await bench.read(next)).toEqual({ a: 1, n: 1, m: 2 });
    });

    it('keeps no id in the store', async () => {
      const id = await due();
      const next = await renewed(id);
      const records = JSON.stringify([await recordOf(id), await recordOf(next)]);

      expect(records).not.toContain(id);
      expect(records).not.toContain(next);
    });

    it('ends with the session that is destroyed through the old id', async () => {
      const id = await due();
      const next = await renewed(id);
      const state = await request([id], (session) => session.destroy());

      expect(state.cookie).toBe('clear');
      expect(await bench.read(next)).toEqual({});
      expect(await bench.read(id)).toEqual({});
    });

    it('is worthless again when the session is rotated', async () => {
      const id = await due();
      const next = await renewed(id);
      await request([next], async (session) => session.rotate());

      for (const old of [id, next]) {
        const state = await request([old]);
        expect(state.cookie).toBe('leave');
        expect(dataOf(state.phase)).toEqual({});
      }
    });

    it('offers nothing that a login has overtaken in the meantime', async () => {
      const id = await due();
      const next = await renewed(id);
      const slow = await request([id], async (session) => {
        await session.all();
        await request([next], async (other) => other.rotate());
      });

      expect(slow.cookie).toBe('leave');
    });
  });

  describe('once a request has presented the new id', () => {
    it('closes the way with one more save, once', async () => {
      const next = await renewed(await due());
      await request([next]);
      expect(bench.store.takeCalls()).toBe('load save save');
      await request([next]);
      expect(bench.store.takeCalls()).toBe('load');
    });

    it('lets the old id serve for a minute, and not a millisecond more', async () => {
      const id = await due();
      const next = await renewed(id);
      await request([next]);
      bench.clock.advance(GRACE - 1);
      expect(await bench.read(id)).toEqual({ a: 1 });
      expect(bench.warnings).toEqual([]);

      bench.clock.advance(1);
      const state = await request([id]);
      expect(dataOf(state.phase)).toEqual({});
      expect(state.cookie).toBe('clear');
      expect(bench.warnings).toEqual([expect.stringContaining('used after')]);
      expect(bench.warnings.join()).not.toContain(id);
      const anew = await request([id], async (session) => session.set('b', 1));
      expect([anew.cookie, dataOf(anew.phase)]).toEqual(['issue', { b: 1 }]);
      expect(await bench.read(next)).toEqual({ a: 1 });
    });

    it('takes an old and a new cookie of one session for one', async () => {
      const id = await due();
      const next = await renewed(id);
      const state = await request([id, next]);

      expect(idOf(state)).toBe(next);
      expect(state.cookie).toBe('leave');
      expect(bench.warnings).toEqual([]);
    });
  });

  it.each([2, 8])(
    'creates one new record from %i renewals in as many processes',
    async (processes) => {
      const { clock } = bench;
      const inner = new ListedStore({ clock });
      const benches = Array.from({ length: processes }, () => new Bench(ON, { clock, inner }));
      const id = await benches[0]!.stored();
      clock.advance(RENEW_EVERY);
      const states = benches.map((one) => one.state(id));
      await Promise.all(states.map((state) => new Session<Values>(state).all()));
      const arrived = allAt(benches, 'save');
      await Promise.all(states.map(async (state) => state.finish()));
      await arrived;

      expect(new Set(states.map(idOf)).size).toBe(1);
      expect(states.map((state) => state.cookie)).toEqual(states.map(() => 'issue'));
      expect((await inner.records()).filter((record) => record.kind === 'live')).toHaveLength(1);
    },
  );

  it('does not fail a reading request, and is retried by the next request', async () => {
    const id = await due();
    bench.store.before = (operation) => {
      if (operation === 'create') throw new Error('down');
    };
    const state = await request([id]);
    await state.finish();
    expect(bench.warnings).toEqual([expect.stringContaining('could not be renewed')]);
    expect(state.cookie).toBe('leave');

    bench.store.before = () => undefined;
    expect(idOf(await request([id]))).not.toBe(id);
  });

  it('does not fail a reading request if the session ended in the meantime', async () => {
    const id = await due();
    const state = await request([id], async (session) => {
      await session.all();
      await bench.open(id).destroy();
    });

    expect(state.cookie).toBe('leave');
    expect(bench.warnings).toEqual([]);
  });

  function recordOf(id: string) {
    return bench.store.inner.load(storeKeyOf(id));
  }
});

function idOf({ phase }: SessionState): string {
  if (phase.kind !== 'live') throw new Error(`The session is ${phase.kind}.`);
  return phase.id;
}

/** Holds a first operation of each until all have come to it. */
function allAt(benches: readonly Bench[], operation: string): Promise<void> {
  const all = new Barrier();
  let waiting = 0;
  for (const { store } of benches) {
    store.before = async (called) => {
      if (called !== operation) return;
      store.before = () => undefined;
      if (++waiting === benches.length) all.open();
      await all.reached;
    };
  }
  return all.reached;
}
