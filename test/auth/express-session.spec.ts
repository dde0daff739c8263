import type { Session } from 'nestjs-sessions';
import { ExpressSession } from '../../lib/auth/express-session.js';
import { Session as SessionHandle } from '../../lib/core/session/session.js';
import type { SessionState } from '../../lib/core/session/session-state.js';
import { Bench, type Values } from '../support/open.js';

const HOUR = 3_600_000;

type Facade = ExpressSession & Record<string, unknown>;

describe('A session as Passport uses it', () => {
  let bench: Bench;
  let session: Session<Values>;
  let state: SessionState;
  let facade: Facade;

  beforeEach(async () => {
    bench = new Bench();
    await open({ a: 1, list: [1], save: 'mine', id: 'mine' });
  });

  async function open(data: Values): Promise<void> {
    await begin(await bench.stored(data));
  }

  /** What a request that presents these ids has. */
  async function begin(...ids: string[]): Promise<void> {
    state = bench.state(...ids);
    session = new SessionHandle<Values>(state);
    await ExpressSession.place({
      session,
      absoluteLifetimeMs: 12 * HOUR,
      place: (next) => void (facade = next as Facade),
    });
  }

  async function finish(): Promise<void> {
    await state.finish();
  }

  /** What a loop over its properties sees, as Passport has one. */
  function shown(object: ExpressSession): object {
    return Object.fromEntries(Object.entries(object));
  }

  /** What a method hands to its callback: an error, or nothing. */
  function outcomeOf(method: 'save' | 'regenerate' | 'destroy' | 'reload'): Promise<unknown> {
    return new Promise((resolve) => facade[method](resolve));
  }

  it('has the values, but for those that are named like its methods', () => {
    expect(shown(facade)).toEqual({ a: 1, list: [1] });
    expect(facade.id).toBe(session.id);
  });

  it('sets a whole key when something within it changes, as JSON makes it', async () => {
    (facade.list as unknown[]).push(new Date(0), { x: undefined });
    facade.b = undefined;
    delete facade.a;
    await session.save();

    expect(await bench.read(session.id!)).toEqual({
      list: [1, '1970-01-01T00:00:00.000Z', {}],
      save: 'mine',
      id: 'mine',
    });
  });

  it('is emptied by regenerate: values, user and id, and the one before writes nothing more', async () => {
    const former = facade;
    const [id, list] = [session.id, facade.list as number[]];
    session.userId = 'ann';
    expect(await outcomeOf('regenerate')).toBeUndefined();
    expect(shown(facade)).toEqual({});

    former.b = 1;
    list.push(2);
    facade.c = 1;
    expect(await outcomeOf('save')).toBeUndefined();
    expect([session.id === id, session.userId]).toEqual([false, undefined]);
    expect(await bench.read(session.id!)).toEqual({ c: 1 });
  });

  it('is empty after destroy, and values set then begin another session', async () => {
    const { id } = session;
    expect(await outcomeOf('destroy')).toBeUndefined();
    expect(shown(facade)).toEqual({});

    facade.c = 1;
    await outcomeOf('save');
    expect(session.id).not.toBe(id);
    expect(await bench.read(session.id!)).toEqual({ c: 1 });
  });

  it('finds what changes within a value that was read or set before', async () => {
    const list = facade.list as unknown[];
    const cart = (facade.cart ??= { items: [] }) as { items: string[] };
    await session.save();
    list.push(2);
    cart.items.push('tea');
    await session.save();

    expect(await bench.read(session.id!)).toMatchObject({ list: [1, 2], cart: { items: ['tea'] } });
  });

  it('is compared once more at the end of the request, which writes nothing when all is equal', async () => {
    await finish();
    expect(bench.store.takeCalls()).toBe('load');

    (facade.list as unknown[]).push(2);
    await finish();
    expect(bench.store.takeCalls()).toBe('save');
  });

  it('and the handle go by order: the last change of a key stays', async () => {
    facade.a = 2;
    expect(await session.get('a')).toBe(2);
    session.set('a', 3);
    await finish();

    expect(await bench.read(session.id!)).toMatchObject({ a: 3 });
  });

  it('forgets with the request what a server error discards', async () => {
    facade.a = 2;
    state.discard();
    await session.update('b', () => 1);

    expect(await bench.read(session.id!)).toMatchObject({ a: 1, b: 1 });
  });

  it.each([
    ['a BigInt', () => 1n],
    ['a circle', () => Object.assign([], [facade])],
  ])('fails the end of the request over %s', async (_, make) => {
    facade.b = make();
    await expect(finish()).rejects.toMatchObject({ code: 'SESSION_VALUE_UNSUPPORTED' });
  });

  it('forgets by reload what was not saved, and has what others wrote', async () => {
    const other = bench.open(session.id!);
    other.set('c', 1);
    await other.save();
    const former = facade;
    facade.a = 2;

    expect(await outcomeOf('reload')).toBeUndefined();
    former.a = 3;
    await finish();
    expect(shown(facade)).toEqual({ a: 1, list: [1], c: 1 });
    expect(await bench.read(session.id!)).toMatchObject({ a: 1, c: 1 });
  });

  it('fails to reload a session that is not stored', async () => {
    await bench.open(session.id!).destroy();
    expect(await outcomeOf('reload')).toMatchObject({ message: 'failed to load session' });
  });

  it('returns itself from its methods, whose callbacks may be missing or null', async () => {
    expect(facade.touch()).toBe(facade);
    expect(facade.save()).toBe(facade);
    expect(facade.save(null)).toBe(facade);
    const former = facade;
    expect(former.regenerate(null)).toBe(former);
    expect(await outcomeOf('save')).toBeUndefined();
  });

  describe('has an id', () => {
    it('before it is stored, under which a visitor then has a session', async () => {
      await begin();
      const { id } = facade;
      await finish();

      expect(session.id).toBe(id);
    });

    it('that a new one takes the place of as soon as it is regenerated', async () => {
      const { id: before } = session;
      await outcomeOf('regenerate');
      const { id } = facade;
      facade.b = 1;
      await finish();

      expect(id).not.toBe(before);
      expect(session.id).toBe(id);
      expect(await bench.read(id)).toEqual({ b: 1 });
    });

    it('that is another after regenerate, though neither was stored', async () => {
      await begin();
      const before = facade.id;
      await outcomeOf('regenerate');
      const { id } = facade;
      await finish();

      expect([id === before, session.id === id]).toEqual([false, true]);
    });

    it('that leaves a request alone whose session was rotated meanwhile', async () => {
      const other = bench.open(session.id!);
      await other.load();
      other.rotate();
      await other.save();
      await begin(session.id!);

      expect(facade.id).toHaveLength(43);
      await finish();
      expect(session.id).toBeUndefined();
    });
  });

  describe('has a cookie', () => {
    const lifetime = async (): Promise<unknown> => {
      await finish();
      const { phase } = state;
      return phase.kind === 'live' ? phase.record.lifetime : undefined;
    };

    it('without a maxAge, until it is given one', () => {
      const { maxAge, originalMaxAge, expires } = facade.cookie;
      expect({ maxAge, originalMaxAge, expires }).toEqual({
        maxAge: null,
        originalMaxAge: null,
        expires: null,
      });
    });

    it('whose maxAge is how long the session may stay unused', async () => {
      facade.cookie.maxAge = HOUR;
      expect(await lifetime()).toEqual({ kind: 'inactivity', idleTimeoutMs: HOUR });
      expect(facade.cookie).toMatchObject({ maxAge: HOUR, originalMaxAge: HOUR });
      expect(facade.cookie.expires).toEqual(new Date(bench.clock.now() + HOUR));
    });

    it('whose maxAge outlasts the absolute lifetime of the module', async () => {
      const at = bench.clock.now() + 30 * 24 * HOUR;
      facade.cookie.maxAge = 30 * 24 * HOUR;
      expect(await lifetime()).toEqual({ kind: 'date', at });
    });

    it('whose expires is when the session ends', async () => {
      const at = bench.clock.now() + HOUR;
      facade.cookie.expires = new Date(at);
      expect(await lifetime()).toEqual({ kind: 'date', at });
      expect(facade.cookie.maxAge).toBe(HOUR);
    });

    it.each([
      ['maxAge = null', () => (facade.cookie.maxAge = null)],
      ['expires = false', () => (facade.cookie.expires = false)],
      ['regenerate()', () => facade.regenerate()],
    ])('that the browser forgets when it closes after %s', async (_, forget) => {
      facade.cookie.originalMaxAge = HOUR;
      forget();
      facade.b = 1;
      expect(await lifetime()).toEqual({ kind: 'browser' });
      expect(facade.cookie.maxAge).toBeNull();
    });

    it('that refuses what it cannot keep', () => {
      expect(() => Object.assign(facade.cookie, { maxAge: '1h' })).toThrow(TypeError);
      expect(() => Object.assign(facade.cookie, { secure: false })).toThrow(TypeError);
    });
  });

  it('hands what goes wrong to the callback', async () => {
    bench.store.before = () => Promise.reject(new Error('down'));
    facade.b = 1;

    expect(await outcomeOf('save')).toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    expect(await outcomeOf('destroy')).toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
  });

  describe('with a user of Passport’s', () => {
    it.each([
      ['ann', 'ann'],
      [7, '7'],
    ])('%j is the user of the session as well', (user, userId) => {
      facade.passport = { user };
      expect(session.userId).toBe(userId);

      delete (facade.passport as Values).user;
      expect(session.userId).toBeUndefined();
    });

    it('that is an object, leaves the user of the session to the application', () => {
      session.userId = 'ann';
      facade.passport = { user: { id: 'ann' } };
      expect(session.userId).toBe('ann');

      delete facade.passport;
      expect(session.userId).toBeUndefined();
    });

    it('keeps him out of the application’s values', async () => {
      facade.passport = { user: 'ann' };
      session.clear();
      await session.save();

      expect(await bench.read(session.id!)).toEqual({});
      await begin(session.id!);
      expect(shown(facade)).toEqual({ passport: { user: 'ann' } });
    });
  });
});
