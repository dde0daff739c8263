import { jest } from '@jest/globals';
import { openSession } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import type { ManualClock } from 'nestjs-sessions/testing';
import { CountingStore } from '../support/counting-store.js';
import { DistantStore, jitter } from '../support/distant-store.js';
import { PassingClock } from '../support/passing-clock.js';
import { type Visitor, Visitors } from '../support/visitors.js';

/** CI asks for more. */
const RACES = Number(process.env.TEST_RACES ?? 200);
const TIMEOUT_MS = 20_000 + 200 * RACES;

const REACHED = { code: 'SESSION_LIMIT_REACHED' };

/** The three ways in which a session comes to belong to a user. */
const ways: Record<string, (visitors: Visitors, userId: string) => Promise<Visitor>> = {
  'a new session': async (visitors, userId) => {
    const session = visitors.open();
    session.userId = userId;
    return session;
  },
  'a new id': async (visitors, userId) => {
    const session = await visitors.anonymous();
    session.rotate();
    session.userId = userId;
    return session;
  },
  'the id it had': async (visitors, userId) => {
    const session = await visitors.anonymous();
    session.userId = userId;
    return session;
  },
};

describe('A limit of sessions per user', () => {
  let clock: ManualClock;
  let store: MemorySessionStore;
  let visitors: Visitors;

  const limitedTo = (max: number, whenFull: 'end-oldest' | 'refuse') => {
    clock = new PassingClock();
    store = new MemorySessionStore({ clock });
    visitors = new Visitors(store, clock, { limits: { perUser: { max, whenFull } } });
  };
  const isSignedIn = (...sessions: Visitor[]) =>
    Promise.all(sessions.map((session) => visitors.isSignedIn(session)));
  const recordsOf = async (userId = 'ann') => (await store.listByUser(userId)).length;

  describe.each(Object.entries(ways))('for a session that signs in with %s', (_, signIn) => {
    const signedIn = async () => {
      clock.advance(1_000);
      const session = await signIn(visitors, 'ann');
      await session.save();
      return session;
    };

    it('ends the one that has been theirs for longest', async () => {
      limitedTo(2, 'end-oldest');
      const bob = await visitors.signedIn('bob');
      const [one, two] = [await signedIn(), await signedIn()];
      expect(await isSignedIn(one, two)).toEqual([true, true]);
      const three = await signedIn();

      expect(await isSignedIn(one, two, three, bob)).toEqual([false, true, true, true]);
      expect(await recordsOf()).toBe(2);
    });

    it('refuses it, and leaves what was there as it was', async () => {
      limitedTo(1, 'refuse');
      const [first, late] = [await signedIn(), await signIn(visitors, 'ann')];
      const { id } = late;
      const before = id && (await visitors.open(id).all());
      const created = jest.spyOn(store, 'create');
      late.set('n', 2);

      await expect(late.save()).rejects.toMatchObject(REACHED);
      expect(created).not.toHaveBeenCalled();
      expect([late.id, id && (await visitors.open(id).all())]).toEqual([id, before]);
      expect(await isSignedIn(first)).toEqual([true]);
      expect(await recordsOf()).toBe(1);
    });

    it('has room again when a session has ended', async () => {
      limitedTo(1, 'refuse');
      await (await signedIn()).destroy();
      const second = await signedIn();
      await visitors.sessions.endAll('ann', undefined);
      const third = await signedIn();

      expect(await isSignedIn(second, third)).toEqual([false, true]);
    });

    it("has room again when a session has expired, or is another user's", async () => {
      limitedTo(1, 'refuse');
      await signedIn();
      clock.advance(31 * 60_000);
      const second = await signedIn();
      second.userId = 'bob';
      await second.save();

      expect(await isSignedIn(await signedIn())).toEqual([true]);
    });

    it('takes it back where the sessions of the user could not be counted', async () => {
      limitedTo(1, 'end-oldest');
      const session = await signIn(visitors, 'ann');
      const { id } = session;
      const before = id && (await visitors.open(id).all());
      jest.spyOn(store, 'listByUser').mockRejectedValueOnce(new Error('down'));

      await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
      expect(id && (await visitors.open(id).all())).toEqual(before);
      expect(await recordsOf()).toBe(0);
      const again = visitors.open(id);
      again.userId = 'ann';
      await again.save();
      expect(await isSignedIn(again)).toEqual([true]);
    });
  });

  it('counts a session once, whichever ids it had', async () => {
    limitedTo(2, 'refuse');
    const [one, two] = [await visitors.signedIn('ann'), await visitors.signedIn('ann')];
    for (const session of [one, two, one]) {
      session.rotate();
      await session.save();
    }

    expect(await isSignedIn(one, two)).toEqual([true, true]);
  });

  it('orders sessions by sign-in, not by their first request', async () => {
    limitedTo(1, 'end-oldest');
    const early = await visitors.anonymous();
    clock.advance(1_000);
    const other = await visitors.signedIn('ann');
    clock.advance(1_000);
    early.rotate();
    early.userId = 'ann';
    await early.save();

    expect(await isSignedIn(other, early)).toEqual([false, true]);
  });

  it('ends as many as it takes, where the limit was higher before', async () => {
    limitedTo(5, 'end-oldest');
    for (let n = 0; n < 5; n++) await visitors.signedIn('ann');
    visitors = new Visitors(store, clock, { limits: { perUser: { max: 2 } } });
    clock.advance(1_000);
    const last = await visitors.signedIn('ann');

    expect(await recordsOf()).toBe(2);
    expect(await isSignedIn(last)).toEqual([true]);
  });

  it('costs nothing if no session is assigned to a user', async () => {
    limitedTo(2, 'refuse');
    const session = await visitors.signedIn('ann');
    const lists = jest.spyOn(store, 'listByUser');
    session.set('n', 2);
    session.userId = 'ann';
    await session.save();
    session.rotate();
    await session.save();
    session.userId = undefined;
    await session.save();
    await (await visitors.anonymous()).destroy();

    expect(lists).not.toHaveBeenCalled();
    await visitors.signedIn('ann');
    expect(lists).toHaveBeenCalledTimes(2);
    visitors = new Visitors(store, clock, { limits: { perUser: { max: 2 } } });
    await visitors.signedIn('ann');
    expect(lists).toHaveBeenCalledTimes(3);
  });

  it('ends a session that is to be taken back and that others have built on', async () => {
    limitedTo(1, 'refuse');
    const session = await visitors.anonymous();
    const write = store.save.bind(store);
    jest.spyOn(store, 'save').mockImplementationOnce(async (record, expectedRevision) => {
      const outcome = await write(record, expectedRevision);
      await new Visitors(store, clock).signedIn('ann');
      await write({ ...record, revision: 'of another request' }, record.revision);
      return outcome;
    });
    session.userId = 'ann';

    await expect(session.save()).rejects.toMatchObject(REACHED);
    expect((await visitors.open(session.id).load()).status).toBe('new');
    expect(await recordsOf()).toBe(1);
  });

  it('requires a store that finds sessions by user', () => {
    const options = { limits: { perUser: { max: 1 } } };

    expect(() => openSession(new CountingStore(), undefined, options)).toThrow(
      '`limits.perUser` cannot be kept, since CountingStore has no `listByUser`',
    );
  });
});

describe(`In ${RACES} races of four logins for two places`, () => {
  const store = new DistantStore();
  const racing = async (visitors: Visitors, userId: string) => {
    const kinds = [...Object.values(ways), ways['a new id']!];
    return Promise.all(
      kinds.map(async (signIn) => {
        const session = await signIn(visitors, userId);
        await jitter();
        const error: unknown = await session.save().catch((thrown: unknown) => thrown);
        return { session, error };
      }),
    );
  };

  it(
    'two are left, and every other login is refused',
    async () => {
      const visitors = new Visitors(store, undefined, { limits: { perUser: { max: 2 } } });
      let wrong = 0;
      for (let race = 0; race < RACES; race++) {
        const userId = `ending-${race}`;
        const logins = await racing(visitors, userId);
        const alive = await Promise.all(logins.map(({ session }) => visitors.isSignedIn(session)));
        const list = await visitors.sessions.list(userId);
        if (logins.some(({ error }) => error !== undefined)) wrong++;
        if (alive.filter(Boolean).length !== 2 || list.length !== 2) wrong++;
      }

      expect(wrong).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'two at most get in, and who is refused is where they were',
    async () => {
      const visitors = new Visitors(store, undefined, {
        limits: { perUser: { max: 2, whenFull: 'refuse' } },
      });
      let [wrong, refused] = [0, 0];
      for (let race = 0; race < RACES; race++) {
        const userId = `refusing-${race}`;
        const logins = await racing(visitors, userId);
        const list = await visitors.sessions.list(userId);
        const admitted = logins.filter(({ error }) => error === undefined);
        for (const { session, error } of logins) {
          if (error === undefined) continue;
          refused++;
          if (!(error instanceof Error) || !('code' in error) || error.code !== REACHED.code)
            wrong++;
          if (session.id !== undefined && (await visitors.open(session.id).get('n')) !== 1) wrong++;
          if (await visitors.isSignedIn(session)) wrong++;
        }
        if (admitted.length > 2 || list.length !== admitted.length) wrong++;
        for (const { session } of admitted) if (!(await visitors.isSignedIn(session))) wrong++;
      }

      expect(wrong).toBe(0);
      expect(refused).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
