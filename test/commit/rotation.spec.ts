import { Session } from '../../lib/core/session/session.js';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { Bench, type Values } from '../support/open.js';

describe('Rotation', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  async function rotated(id: string): Promise<string> {
    const session = bench.open(id);
    session.rotate();
    await session.save();
    return session.id!;
  }

  it('gives the data a new id, with one load, one create and one save', async () => {
    const id = await bench.stored({ cart: ['a'] });
    const session = bench.open(id);
    session.set('user', 'ann');
    session.rotate();
    await session.save();

    expect(bench.store.takeCalls()).toBe('load create save');
    expect(session.id).not.toBe(id);
    expect(await bench.read(session.id!)).toEqual({ cart: ['a'], user: 'ann' });
  });

  it('turns the old record into a tombstone without data', async () => {
    const id = await bench.stored({ cart: ['a'] });
    const next = await rotated(id);
    const after = bench.open(next);
    after.set('secret', 1);
    await after.save();

    expect(await bench.read(id)).toEqual({});
    expect(await bench.store.inner.load(storeKeyOf(id))).not.toHaveProperty('data');
  });

  it('leaves the cookie of a request with the old id alone', async () => {
    const id = await bench.stored();
    await rotated(id);
    const state = bench.state(id);
    state.isUsed = true;
    await state.load();
    await state.commit();

    expect(state.cookie).toBe('leave');
  });

  it.each<[string, (session: Session<Values>) => unknown]>([
    ['a set', (session) => session.set('b', 1)],
    ['a delete', (session) => session.delete('a')],
    ['a delete of what was never there', (session) => session.delete('none')],
    ['a clear', (session) => session.clear()],
    ['a take', (session) => session.take('a')],
    ['an update that removes', (session) => session.update('a', () => undefined)],
    ['a sign-out by hand', (session) => (session.userId = undefined)],
    ['a lifetime', (session) => session.setLifetime({ afterInactivity: '5m' })],
  ])('refuses %s through the old id, and leaves the cookie alone', async (_, change) => {
    const id = await bench.stored({ a: 1 });
    const next = await rotated(id);
    const state = bench.state(id);
    const session = new Session<Values>(state);
    const commit = async () => {
      await change(session);
      await session.save();
    };

    await expect(commit()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    expect(state.cookie).toBe('leave');
    expect(await bench.read(next)).toEqual({ a: 1 });
  });

  it('returns no flashed values through the old id', async () => {
    const id = await bench.stored();
    await rotated(id);

    expect(await bench.open(id).takeFlash('notice')).toEqual([]);
  });

  it('leaves the cookie and the tombstone alone when the old id signs out', async () => {
    const id = await bench.stored();
    await rotated(id);
    bench.store.takeCalls();
    const state = bench.state(id);
    await new Session<Values>(state).destroy();

    expect(bench.store.takeCalls()).toBe('load');
    expect(state.cookie).toBe('leave');
  });

  it('leaves the cookie and the tombstone alone at a sign-out by a request that loaded before it', async () => {
    const id = await bench.stored();
    const state = bench.state(id);
    await state.load();
    const next = await rotated(id);
    await new Session<Values>(state).destroy();

    expect(state.cookie).toBe('leave');
    expect(await bench.store.inner.load(storeKeyOf(id))).toMatchObject({ kind: 'tombstone' });
    expect(await bench.read(next)).toEqual({ a: 1 });
  });

  it('refuses writes through the old id', async () => {
    const id = await bench.stored();
    const early = bench.open(id);
    await early.load();
    await rotated(id);
    const late = bench.open(id);
    early.set('b', 1);
    late.set('b', 1);

    await expect(early.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    await expect(late.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
  });

  it('removes the tombstone after five minutes', async () => {
    const id = await bench.stored();
    await rotated(id);
    bench.clock.advance(5 * 60_000);

    expect((await bench.store.inner.load(storeKeyOf(id)))?.expiresAt).toBe(bench.clock.now());
    expect((await bench.open(id).load()).status).toBe('new');
  });

  it('includes values that other requests wrote since it loaded', async () => {
    const id = await bench.stored({ a: 1 });
    const login = bench.open(id);
    await login.load();
    const other = bench.open(id);
    other.set('b', 2);
    await other.save();
    login.rotate();
    await login.save();

    expect(await bench.read(login.id!)).toEqual({ a: 1, b: 2 });
  });

  it('lets one of two concurrent rotations win, and leaves no record of the other', async () => {
    const id = await bench.stored({ a: 1 });
    const logins = [bench.open(id), bench.open(id)];
    await Promise.all(logins.map((login) => login.load()));
    const created: string[] = [];
    const create = bench.store.inner.create.bind(bench.store.inner);
    bench.store.inner.create = (record) => {
      created.push(record.key);
      return create(record);
    };
    for (const login of logins) login.rotate();
    const outcomes = await Promise.allSettled(logins.map((login) => login.save()));

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const alive = await Promise.all(created.map((key) => bench.store.inner.load(key)));
    expect(alive.filter(Boolean)).toHaveLength(1);
  });

  it('does not outlive a destroy at the same time', async () => {
    const id = await bench.stored({ a: 1 });
    const login = bench.open(id);
    await login.load();
    bench.store.before = async (operation) => {
      if (operation === 'save') await bench.store.inner.delete(storeKeyOf(id));
    };
    const created: string[] = [];
    const create = bench.store.inner.create.bind(bench.store.inner);
    bench.store.inner.create = (record) => {
      created.push(record.key);
      return create(record);
    };
    login.rotate();

    await expect(login.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
    expect(created).toHaveLength(1);
    expect(await bench.store.inner.load(created[0]!)).toBeUndefined();
  });

  it('begins the absolute lifetime anew', async () => {
    const id = await bench.stored({ a: 1 });
    for (let hour = 0; hour < 22; hour++) {
      bench.clock.advance(30 * 60_000 - 1);
      const session = bench.open(id);
      session.set('hour', hour);
      await session.save();
    }
    const next = await rotated(id);
    for (let hour = 0; hour < 20; hour++) {
      bench.clock.advance(30 * 60_000 - 1);
      const session = bench.open(next);
      session.set('hour', hour);
      await session.save();
    }

    expect(await bench.read(next)).toEqual({ a: 1, hour: 19 });
  });

  it('keeps the instant at which the session began', async () => {
    const id = await bench.stored();
    const began = bench.clock.now();
    bench.clock.advance(1_000);
    const next = await rotated(id);

    expect(await bench.store.inner.load(storeKeyOf(next))).toMatchObject({ createdAt: began });
  });

  it('at an update happens with it', async () => {
    const id = await bench.stored({ n: 1 });
    const session = bench.open<{ n: number }>(id);
    session.rotate();

    expect(await session.update('n', (n = 0) => n + 1)).toBe(2);
    expect(await bench.read(session.id!)).toEqual({ n: 2 });
    expect(await bench.read(id)).toEqual({});
  });
});
