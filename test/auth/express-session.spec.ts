import type { Session } from 'nestjs-sessions';
import { ExpressSession } from '../../lib/auth/express-session.js';
import { Bench, type Values } from '../support/open.js';

type Facade = ExpressSession & Record<string, unknown>;

describe('A session as Passport sees it', () => {
  let bench: Bench;
  let session: Session<Values>;
  let facade: Facade;

  beforeEach(async () => {
    bench = new Bench();
    await open({ a: 1, list: [1], save: 'mine', id: 'mine' });
  });

  async function open(data: Values): Promise<void> {
    session = bench.open(await bench.stored(data));
    const replace = (next: ExpressSession): void => void (facade = next as Facade);
    replace(await ExpressSession.on(session, replace));
  }

  /** What a loop over its properties sees, as Passport has one. */
  function shown(object: ExpressSession): object {
    return Object.fromEntries(Object.entries(object));
  }

  /** What a method hands to its callback: an error, or nothing. */
  function outcomeOf(method: 'save' | 'regenerate' | 'destroy'): Promise<unknown> {
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

  it('is empty after destroy, and what it is given then begins another session', async () => {
    const { id } = session;
    expect(await outcomeOf('destroy')).toBeUndefined();
    expect(shown(facade)).toEqual({});

    facade.c = 1;
    await outcomeOf('save');
    expect(session.id).not.toBe(id);
    expect(await bench.read(session.id!)).toEqual({ c: 1 });
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
      const again = await ExpressSession.on(bench.open(session.id!), () => {});
      expect(shown(again)).toEqual({ passport: { user: 'ann' } });
    });
  });
});
