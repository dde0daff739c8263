import { inspect } from 'node:util';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { Bench } from '../support/open.js';

describe('Session', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  describe('when it is read', () => {
    it('loads once for any number of concurrent reads', async () => {
      const session = bench.open(await bench.stored({ a: 1, b: 2 }));

      expect(
        await Promise.all([session.get('a'), session.get('b'), session.has('c'), session.all()]),
      ).toEqual([1, 2, false, { a: 1, b: 2 }]);
      expect(bench.store.takeCalls()).toBe('load');
    });

    it('makes no store call for a visitor without a cookie, and none to write nothing', async () => {
      const session = bench.open();

      expect(await session.get('a')).toBeUndefined();
      await session.save();
      expect(bench.store.takeCalls()).toBe('');
      expect(session.id).toBeUndefined();
    });

    it('loads nothing for a key that this request set itself', async () => {
      const session = bench.open(await bench.stored());
      session.set('a', { n: 2 });

      expect(await session.get('a')).toEqual({ n: 2 });
      session.clear();
      expect(await session.get('b')).toBeUndefined();
      expect(bench.store.takeCalls()).toBe('');
    });

    it('gives values that throw when they are changed in place', async () => {
      const session = bench.open<{ cart: { items: string[] } }>(
        await bench.stored({ cart: { items: ['a'] } }),
      );
      const cart = (await session.get('cart')) as { items: string[] };

      expect(() => cart.items.push('b')).toThrow(TypeError);
      expect(() => (cart.items = [])).toThrow(TypeError);
    });

    it('takes names of Object.prototype for keys like others', async () => {
      const session = bench.open(await bench.stored({ a: 1 }));

      expect(await session.get('constructor')).toBeUndefined();
      expect(await session.has('toString')).toBe(false);
      session.set('constructor', 'mine');
      expect(await session.get('constructor')).toBe('mine');
    });

    it('refuses the key __proto__', async () => {
      const session = bench.open();

      expect(() => session.set('__proto__', { isAdmin: true })).toThrow(/"__proto__"/);
      await expect(session.update('__proto__', () => 1)).rejects.toThrow(/"__proto__"/);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    });
  });

  describe('when it is written', () => {
    it('creates a record for a new visitor, under the hash of a new id', async () => {
      const session = bench.open();
      session.set('a', 1);
      await session.save();

      expect(bench.store.takeCalls()).toBe('create');
      expect(await bench.store.inner.load(storeKeyOf(session.id!))).toMatchObject({
        kind: 'live',
        data: { a: 1 },
      });
    });

    it('creates nothing for a visitor whose changes come to nothing', async () => {
      const session = bench.open();
      session.set('a', 1);
      session.delete('a');
      session.rotate();
      session.setLifetime('until-browser-closes');
      await session.save();

      expect(bench.store.takeCalls()).toBe('');
    });

    it('costs one load and one save', async () => {
      const session = bench.open(await bench.stored());
      session.set('b', 2);
      await session.save();

      expect(bench.store.takeCalls()).toBe('load save');
    });

    it('saves nothing for a change that changes nothing', async () => {
      const id = await bench.stored({ a: { n: 1 } });
      const session = bench.open(id);
      session.set('a', { n: 1 });
      session.delete('b');
      await session.save();

      expect(bench.store.takeCalls()).toBe('load');
    });

    it('checks a change that seems to change nothing against the record as it is now', async () => {
      const id = await bench.stored({ a: 1 });
      const [slow, quick] = [bench.open(id), bench.open(id)];
      await slow.get('a');
      quick.set('a', 2);
      await quick.save();
      slow.set('a', 1);
      await slow.save();

      expect(await bench.read(id)).toEqual({ a: 1 });
    });

    it('saves again what is changed after a save', async () => {
      const session = bench.open(await bench.stored());
      session.set('b', 1);
      await session.save();
      session.set('c', 1);
      await session.save();

      expect(bench.store.takeCalls()).toBe('load save save');
      expect(await bench.read(session.id!)).toEqual({ a: 1, b: 1, c: 1 });
    });

    it('keeps its changes when a save fails, and returns them', async () => {
      const session = bench.open(await bench.stored());
      session.set('b', 1);
      bench.store.before = () => Promise.reject(new Error('down'));
      await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
      bench.store.before = () => undefined;

      expect(await session.get('b')).toBe(1);
    });

    it('is refused in the line that records more than a record holds, and costs no call', () => {
      const session = new Bench({ limits: { recordBytes: 1024 } }).open();
      session.set('kept', 'x'.repeat(900));
      session.set('kept', ['y'.repeat(900)]);

      expect(() => session.set('more', { text: 'é'.repeat(200) })).toThrow(
        expect.objectContaining({
          code: 'SESSION_TOO_LARGE',
          message: expect.stringContaining('at least 1'),
        }),
      );
      expect(() => session.flash('notice', 'x'.repeat(200))).toThrow('limits.recordBytes');
    });

    it('frees what it takes when its keys are set to less, deleted or cleared', async () => {
      const bench = new Bench({ limits: { recordBytes: 1024 } });
      const session = bench.open();
      const half = 'x'.repeat(600);
      session.set('a', half);
      session.delete('a');
      session.set('b', half);
      session.clear();
      session.set('c', half);
      session.set('c', 1);
      session.set('d', half);
      await session.save();

      expect(await bench.read(session.id!)).toEqual({ c: 1, d: half });
    });

    it('is as free after a commit as before, and after one that failed', async () => {
      const bench = new Bench({ limits: { recordBytes: 1024 } });
      const session = bench.open(await bench.stored());
      for (const text of ['x', 'y', 'z']) {
        session.set('a', text.repeat(600));
        bench.store.before = (operation) =>
          operation === 'save' && text === 'y' ? Promise.reject(new Error('down')) : undefined;
        await session.save().catch(() => undefined);
      }

      expect(() => session.set('b', 'x'.repeat(1100))).toThrow('limits.recordBytes');
      expect(await session.get('a')).toBe('z'.repeat(600));
    });

    it('is refused above the size limit, and keeps the record as it was', async () => {
      const small = new Bench({ limits: { recordBytes: 1024 } });
      const session = small.open(await small.stored({ a: 1 }));
      session.set('text', 'x'.repeat(1000));

      await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_TOO_LARGE' });
      expect(small.store.takeCalls()).toBe('load');
    });

    it('begins a new session for an id that this deployment did not issue, under another id', async () => {
      const planted = newSessionId();
      const session = bench.open(planted);
      session.set('a', 1);
      await session.save();

      expect(session.id).not.toBe(planted);
      expect(await bench.store.inner.load(storeKeyOf(planted))).toBeUndefined();
    });

    it('never overwrites a record that has the new key already', async () => {
      const create = bench.store.inner.create.bind(bench.store.inner);
      let isFirst = true;
      bench.store.inner.create = async (record) => {
        const isTaken = isFirst;
        isFirst = false;
        return isTaken ? false : create(record);
      };
      const session = bench.open();
      session.set('a', 1);
      await session.save();

      expect(bench.store.takeCalls()).toBe('create load create load');
    });
  });

  describe('update', () => {
    it('resolves to what was stored', async () => {
      const session = bench.open<{ n: number }>(await bench.stored({ n: 4 }));

      expect(await session.update('n', (n = 0) => n + 1)).toBe(5);
      expect(bench.store.takeCalls()).toBe('load save');
    });

    it('gets the value that this request set before, and saves that too', async () => {
      const session = bench.open<{ n: number; m: number }>(await bench.stored({ n: 4 }));
      session.set('n', 10);
      session.set('m', 1);
      await session.update('n', (n = 0) => n + 1);

      expect(await bench.read(session.id!)).toEqual({ n: 11, m: 1 });
    });

    it('removes the key where the function returns undefined', async () => {
      const session = bench.open<{ n: number }>(await bench.stored({ n: 4, m: 1 }));
      await session.update('n', () => undefined);

      expect(await bench.read(session.id!)).toEqual({ m: 1 });
    });

    it('gives the function a frozen value', async () => {
      const session = bench.open<{ list: readonly number[] }>(await bench.stored({ list: [1] }));

      await expect(
        session.update('list', (list) => {
          (list as number[]).push(2);
          return list;
        }),
      ).rejects.toThrow(TypeError);
    });

    it('gets the present value, even to store the same one', async () => {
      const id = await bench.stored({ n: 1 });
      const [slow, quick] = [bench.open<{ n: number }>(id), bench.open<{ n: number }>(id)];
      await slow.get('n');
      await quick.update('n', () => 2);

      expect(await slow.update('n', (n) => n)).toBe(2);
    });
  });

  describe('take', () => {
    it('gives a value once to any number of concurrent calls', async () => {
      const id = await bench.stored({ nonce: 'n' });
      const taken = await Promise.all(
        Array.from({ length: 10 }, () => bench.open(id).take('nonce')),
      );

      expect(taken.filter((value) => value === 'n')).toHaveLength(1);
      expect(taken.filter((value) => value === undefined)).toHaveLength(9);
    });

    it('writes nothing for a key that is not there', async () => {
      const session = bench.open(await bench.stored());

      expect(await session.take('nonce')).toBeUndefined();
      expect(bench.store.takeCalls()).toBe('load');
    });
  });

  describe('destroy', () => {
    it('deletes the record, and makes sure first that it is one', async () => {
      const id = await bench.stored();
      await bench.open(id).destroy();

      expect(bench.store.takeCalls()).toBe('load delete');
      expect(await bench.read(id)).toEqual({});
    });

    it('does no harm a second time', async () => {
      const session = bench.open(await bench.stored());
      await session.destroy();
      await session.destroy();

      expect(bench.store.takeCalls()).toBe('load delete');
    });

    it('drops what was changed before', async () => {
      const session = bench.open(await bench.stored());
      session.set('b', 1);
      session.userId = 'u';
      await session.destroy();
      await session.save();

      expect(bench.store.takeCalls()).toBe('load delete');
      expect(session.status).toBe('destroyed');
      expect(session.userId).toBeUndefined();
    });

    it('lets a later write begin a new session with a new id', async () => {
      const id = await bench.stored({ a: 1 });
      const session = bench.open(id);
      await session.destroy();
      session.set('b', 2);
      await session.save();

      expect(session.id).not.toBe(id);
      expect(await bench.read(session.id!)).toEqual({ b: 2 });
      expect(await bench.read(id)).toEqual({});
    });

    it('rejects when the store does not answer, and the session lives', async () => {
      const id = await bench.stored();
      const session = bench.open(id);
      bench.store.before = () => Promise.reject(new Error('down'));

      await expect(session.destroy()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    });
  });

  describe('reload', () => {
    it('discards unsaved changes and reads what other requests wrote', async () => {
      const id = await bench.stored({ a: 1 });
      const session = bench.open(id);
      await session.get('a');
      session.set('b', 1);
      const other = bench.open(id);
      other.set('a', 2);
      await other.save();
      await session.reload();

      expect(await session.all()).toEqual({ a: 2 });
    });
  });

  describe('userId', () => {
    it('is kept on the record, and cleared by undefined', async () => {
      const id = await bench.stored();
      const login = bench.open(id);
      login.userId = 'user-1';
      await login.save();
      expect((await bench.open(id).load()).userId).toBe('user-1');

      const logout = bench.open(id);
      logout.userId = undefined;
      await logout.save();
      expect((await bench.open(id).load()).userId).toBeUndefined();
    });

    it('throws before the session was loaded, rather than looking signed out', async () => {
      const session = bench.open(await bench.stored());

      expect(() => session.userId).toThrow(
        expect.objectContaining({ code: 'SESSION_NOT_AVAILABLE' }),
      );
      session.userId = 'user-1';
      expect(session.userId).toBe('user-1');
    });

    it('alone is worth a record', async () => {
      const session = bench.open();
      session.userId = 'user-1';
      await session.save();

      expect(bench.store.takeCalls()).toBe('create');
    });

    it.each(['', 5, null, 'a\0b', 'a\ud800', '\udc00a'])(
      'refuses %j, and quotes it nowhere',
      (userId) => {
        expect(() => (bench.open().userId = userId as string)).toThrow(
          expect.objectContaining({
            code: 'SESSION_VALUE_UNSUPPORTED',
            message: expect.stringMatching(/^`userId` is no id [\x20-\x7e]+$/),
          }),
        );
      },
    );
  });

  it('prints neither id nor values, and is not a thenable', async () => {
    const session = bench.open(await bench.stored({ secret: 'very' }));
    await session.load();

    expect(inspect(session)).toBe("Session { status: 'live' }");
    expect(JSON.stringify({ session })).toBe('{"session":{"status":"live"}}');
    expect(inspect({ session }, { depth: 9, showHidden: true })).not.toMatch(/very/);
    expect('then' in session).toBe(false);
  });

  it('has a status that says what is known', async () => {
    const id = await bench.stored();
    const session = bench.open(id);
    expect(session.status).toBe('unloaded');
    await session.load();
    expect(session.status).toBe('live');
    await session.destroy();
    expect(session.status).toBe('destroyed');
    expect(bench.open().status).toBe('new');
    expect((await bench.open(id).load()).status).toBe('new');
  });
});
