import { SessionError } from 'nestjs-sessions';
import { Session } from '../../lib/core/session/session.js';
import { storeKeyOf, newSessionId } from '../../lib/core/record/session-id.js';
import { Bench, barrier, type Values } from '../support/open.js';

const DOWN = new Error('connection reset');
const DOWN_CODE = 'SESSION_STORE_UNAVAILABLE';

describe('When the store fails', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  /** The next call of the operation takes effect, and its answer gets lost. */
  function loseAnswer(of: string): void {
    bench.store.after = (operation) => {
      if (operation !== of) return;
      bench.store.after = () => undefined;
      throw DOWN;
    };
  }

  it('a load rejects, stays rejected for the request, and is no new session', async () => {
    const id = await bench.stored();
    const session = bench.open(id);
    bench.store.before = () => Promise.reject(DOWN);
    await expect(session.get('a')).rejects.toMatchObject({
      code: 'SESSION_STORE_UNAVAILABLE',
      cause: DOWN,
    });
    bench.store.before = () => undefined;
    session.set('b', 1);

    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    expect(bench.store.takeCalls()).toBe('load');
    expect(await bench.read(id)).toEqual({ a: 1 });
  });

  it('a store that throws instead of rejecting is treated alike', async () => {
    const session = bench.open(await bench.stored());
    bench.store.inner.load = () => {
      throw DOWN;
    };

    await expect(session.get('a')).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
  });

  it.each(['create', 'save'])(
    'a lost answer to a %s is looked up, and the write counts once',
    async (operation) => {
      const session =
        operation === 'create' ? bench.open() : bench.open(await bench.stored({ n: 0 }));
      loseAnswer(operation);

      expect(await session.update('n', (n) => ((n as number) ?? 0) + 1)).toBe(1);
      expect(await bench.read(session.id!)).toMatchObject({ n: 1 });
    },
  );

  it('a lost answer is recognised however often others wrote on top', async () => {
    const id = await bench.stored({ n: 0 });
    const session = bench.open<{ n: number }>(id);
    await session.load();
    bench.store.after = async (operation) => {
      if (operation !== 'save') return;
      bench.store.after = () => undefined;
      const [clock, inner] = [bench.clock, bench.store.inner];
      const others = Array.from({ length: 15 }, () => new Bench({}, { clock, inner }));
      for (let write = 0; write < 30; write++) {
        await others[write % 15]!.open<{ n: number }>(id).update('n', (n = 0) => n + 10);
      }
      throw DOWN;
    };
    await session.update('n', (n = 0) => n + 1);

    expect(await bench.read(id)).toEqual({ n: 301 });
  });

  it('a write that did not take effect is made again', async () => {
    const id = await bench.stored({ n: 0 });
    let failures = 1;
    bench.store.before = (operation) => {
      if (operation === 'save' && failures-- > 0) throw DOWN;
    };
    await bench.open<{ n: number }>(id).update('n', (n = 0) => n + 1);

    expect(await bench.read(id)).toEqual({ n: 1 });
    expect(bench.store.takeCalls()).toBe('load save load save load load');
  });

  it('a create that takes effect late brings back no session that ended since', async () => {
    const session = bench.open();
    const create = bench.store.inner.create.bind(bench.store.inner);
    let takeEffect!: () => Promise<boolean>;
    bench.store.inner.create = (record) => {
      bench.store.inner.create = create;
      takeEffect = () => create(record);
      return Promise.reject(DOWN);
    };
    session.set('a', 1);
    await session.save();
    const id = session.id!;
    await session.destroy();
    await takeEffect();

    expect(await bench.read(id)).toEqual({});
  });

  it('a reload that fails leaves a new session its id, and its cookie', async () => {
    const state = bench.state();
    const session = new Session<Values>(state);
    session.set('a', 1);
    await session.save();
    const { id } = session;
    bench.store.before = () => Promise.reject(DOWN);
    await expect(session.reload()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });

    expect(id).toBeDefined();
    expect(session.id).toBe(id);
    expect(state.cookie).toBe('issue');
  });

  it('a lost answer to the first step of a rotation leaves one record', async () => {
    const session = bench.open(await bench.stored({ a: 1 }));
    loseAnswer('create');
    session.rotate();
    await session.save();

    expect(await bench.read(session.id!)).toEqual({ a: 1 });
  });

  it('a lost answer to the second step of a rotation is looked up', async () => {
    const id = await bench.stored({ a: 1 });
    const session = bench.open(id);
    loseAnswer('save');
    session.rotate();
    await session.save();

    expect(await bench.read(session.id!)).toEqual({ a: 1 });
    expect(await bench.read(id)).toEqual({});
  });

  it('a lost answer to a delete is looked up', async () => {
    const id = await bench.stored();
    loseAnswer('delete');
    await bench.open(id).destroy();

    expect(await bench.read(id)).toEqual({});
  });

  it('a store that is down for good makes a write reject, and nothing is stored', async () => {
    const id = await bench.stored({ a: 1 });
    const session = bench.open(id);
    await session.load();
    bench.store.before = () => Promise.reject(DOWN);
    session.set('a', 2);
    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    bench.store.before = () => undefined;

    expect(await bench.read(id)).toEqual({ a: 1 });
  });

  it.each(['load', 'save', 'delete'])(
    'a %s that is never answered is given up after two seconds',
    async (stuck) => {
      const id = await bench.stored();
      const session = bench.open(id);
      const reached = barrier();
      bench.store.before = (operation) => {
        if (operation !== stuck && operation !== 'load') return undefined;
        if (operation === stuck) reached.lift();
        return operation === stuck ||
          (stuck !== 'load' && bench.store.calls.includes(stuck as 'load'))
          ? new Promise<void>(() => undefined)
          : undefined;
      };
      const outcome = (stuck === 'delete' ? session.destroy() : session.update('a', () => 2)).catch(
        (error: { code: string }) => error.code,
      );
      await reached.reached;
      for (let step = 0; step < 20; step++) {
        bench.clock.advance(100);
        await new Promise(setImmediate);
      }

      expect(await outcome).toBe('SESSION_STORE_UNAVAILABLE');
    },
  );

  it('commits that wait for a stuck one are abandoned with it', async () => {
    const id = await bench.stored({ a: 1 });
    const sessions = Array.from({ length: 5 }, () => bench.open(id));
    await Promise.all(sessions.map((session) => session.load()));
    bench.store.before = () => new Promise<void>(() => undefined);
    const outcomes = Promise.all(
      sessions.map((session) =>
        session.update('a', () => 2).catch((error: { code: string }) => error.code),
      ),
    );
    await new Promise(setImmediate);
    for (let step = 0; step < 20; step++) {
      bench.clock.advance(100);
      await new Promise(setImmediate);
    }

    expect(new Set(await outcomes)).toEqual(new Set(['SESSION_STORE_UNAVAILABLE']));
  });

  it('a commit abandoned while waiting is not written by later ones', async () => {
    const id = await bench.stored({ a: 1 });
    const [stuck, waiting, late] = Array.from({ length: 3 }, () => bench.open(id));
    for (const session of [stuck, waiting, late]) await session!.load();
    bench.store.before = () => new Promise<void>(() => undefined);
    const update = (session = stuck) =>
      session!.update('a', (a) => Number(a) + 1).catch((error: { code: string }) => error.code);
    const outcomes = [update(stuck)];
    await new Promise(setImmediate);
    outcomes.push(update(waiting));
    for (let step = 0; step < 15; step++) {
      bench.clock.advance(100);
      await new Promise(setImmediate);
    }
    outcomes.push(update(late));
    bench.store.before = () => undefined;
    for (let step = 0; step < 10; step++) {
      bench.clock.advance(100);
      await new Promise(setImmediate);
    }

    expect(await Promise.all(outcomes)).toEqual([DOWN_CODE, DOWN_CODE, 2]);
    expect(await bench.read(id)).toEqual({ a: 2 });
  });

  it('leaves no timer behind when it answers', async () => {
    const id = await bench.stored();
    const scheduled: (() => void)[] = [];
    const schedule = bench.clock.schedule.bind(bench.clock);
    bench.clock.schedule = (delayMs, callback) => {
      const cancel = schedule(delayMs, callback);
      scheduled.push(cancel);
      return () => {
        scheduled.splice(scheduled.indexOf(cancel), 1);
        cancel();
      };
    };
    await bench.open(id).update('a', () => 2);

    expect(scheduled).toEqual([]);
  });
});

describe('A store that throws a SessionError from a write', () => {
  it('is believed without another load', async () => {
    const bench = new Bench();
    const id = await bench.stored({ a: 1 });
    const verdict = new SessionError('SESSION_STORE_UNAVAILABLE', 'Too few replicas have it.');
    bench.store.after = (operation) => {
      if (operation === 'delete') throw verdict;
    };

    await expect(bench.open(id).destroy()).rejects.toBe(verdict);
    expect(bench.store.takeCalls()).toBe('load delete');
  });
});

describe('A record that', () => {
  it.each([
    ['has an older format', { format: 0 }],
    ['belongs to another key', { key: 'another' }],
    ['lacks its data', { data: undefined }],
    ['is of no known kind', { kind: 'other' }],
  ])('%s is treated as absent, and reported without a value', async (_, damage) => {
    const bench = new Bench();
    const id = await bench.stored({ a: 'value' });
    const record = await bench.store.inner.load(storeKeyOf(id));
    bench.store.inner.load = async () => ({ ...record, ...damage }) as never;

    expect(await bench.read(id)).toEqual({});
    expect(bench.warnings).toEqual([expect.stringContaining('could not be decoded')]);
    expect(bench.warnings.join()).not.toMatch(new RegExp(`value|${id}`));
  });
});

describe('Several ids in one request', () => {
  it('count as the one of them that lives', async () => {
    const bench = new Bench();
    const id = await bench.stored({ a: 1 });

    expect(await bench.open(newSessionId(), id).all()).toEqual({ a: 1 });
    expect(bench.store.takeCalls()).toBe('load load');
    expect(bench.warnings).toEqual([]);
  });

  it('count as none when two of them live, and are reported', async () => {
    const bench = new Bench();
    const ids = [await bench.stored({ a: 1 }), await bench.stored({ a: 2 })];

    expect(await bench.open(...ids).all()).toEqual({});
    expect(bench.warnings).toEqual([expect.stringContaining('2 of them with a live session')]);
  });

  it('count as none when there are more than three, are not looked up, and are reported', async () => {
    const bench = new Bench();
    const id = await bench.stored({ a: 1 });

    expect(await bench.open(id, ...Array.from({ length: 3 }, newSessionId)).all()).toEqual({});
    expect(bench.store.takeCalls()).toBe('');
    expect(bench.warnings).toEqual([expect.stringContaining('4 different session cookies')]);
  });

  it('are all ended by a destroy that found none to be the one', async () => {
    const bench = new Bench();
    const id = await bench.stored({ a: 1 });
    await bench.open(newSessionId(), id).destroy();

    expect(await bench.read(id)).toEqual({});
  });
});
