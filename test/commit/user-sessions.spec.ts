import { jest } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { ManualClock } from 'nestjs-sessions/testing';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { userSessionOf } from '../../lib/commit/user-session.js';
import { systemClock } from '../../lib/core/options/clock.js';
import { lineageBehind, lineageOf } from '../../lib/commit/lineage.js';
import { publicIdOf } from '../../lib/commit/public-id.js';
import { DistantStore, jitter } from '../support/distant-store.js';
import { type Visitor, Visitors } from '../support/visitors.js';

/** CI asks for more. */
const RACES = Number(process.env.TEST_RACES ?? 200);
const TIMEOUT_MS = 20_000 + 200 * RACES;

describe('The sessions of a user', () => {
  let clock: ManualClock;
  let visitors: Visitors;

  beforeEach(() => {
    clock = new ManualClock();
    visitors = new Visitors(new MemorySessionStore({ clock }), clock);
  });

  const handleOf = async (session: Visitor) =>
    publicIdOf(session.userId!, (await lineageBehind(session))!);
  const listed = async (userId = 'ann') => (await visitors.sessions.list(userId)).map(lineageOf);
  const visitsOf = (...sessions: Visitor[]) => Promise.all(sessions.map(lineageBehind));

  it.each(['', 'a\0b', 'a\ud800'])(
    'are none for %j, which no user has, and the store is not asked',
    async (userId) => {
      const { listByUser } = MemorySessionStore.prototype;
      const ask = jest
        .spyOn(MemorySessionStore.prototype, 'listByUser')
        .mockImplementation(listByUser);
      const found = [
        await listed(userId),
        await visitors.sessions.endAll(userId, undefined),
        await visitors.sessions.endNamed(publicIdOf(userId, 'visit'), userId),
      ];

      expect(found).toEqual([[], 0, false]);
      expect(ask).not.toHaveBeenCalled();
      ask.mockRestore();
    },
  );

  it('are listed in the order of their sign-ins, whenever the session began', async () => {
    const early = await visitors.anonymous();
    const sessions = [];
    for (let n = 0; n < 3; n++) {
      clock.advance(1_000);
      sessions.push(await visitors.signedIn('ann'));
    }
    clock.advance(1_000);
    early.rotate();
    early.userId = 'ann';
    await early.save();

    expect(await listed()).toEqual(await visitsOf(...sessions, early));
  });

  it('keep their place when they are rotated, and when the user is assigned again', async () => {
    const [first, second] = [await visitors.signedIn('ann'), await visitors.signedIn('ann')];
    const order = await listed();
    for (const session of [first, second]) {
      clock.advance(1_000);
      session.rotate();
      session.userId = 'ann';
      await session.save();
    }

    expect(await listed()).toEqual(order);
  });

  it('get a new sign-in time with another user', async () => {
    const [session, other] = [await visitors.signedIn('ann'), await visitors.signedIn('bob')];
    clock.advance(1_000);
    session.userId = 'bob';
    await session.save();

    expect(await listed()).toEqual([]);
    expect(await listed('bob')).toEqual(await visitsOf(other, session));
  });

  it('end all at once, and those of others do not', async () => {
    const [one, two] = [await visitors.signedIn('ann'), await visitors.signedIn('ann')];
    const [bob, nobody] = [await visitors.signedIn('bob'), await visitors.anonymous()];

    expect(await visitors.sessions.endAll('ann', undefined)).toBe(2);
    for (const session of [one, two])
      expect((await visitors.open(session.id).load()).status).toBe('new');
    for (const session of [bob, nobody])
      expect((await visitors.open(session.id).load()).status).toBe('live');
    expect(await visitors.sessions.endAll('ann', undefined)).toBe(0);
  });

  it('end except for one, whatever its current id', async () => {
    const [mine, other] = [await visitors.signedIn('ann'), await visitors.signedIn('ann')];
    const elsewhere = visitors.open(mine.id);
    elsewhere.rotate();
    await elsewhere.save();

    expect(await visitors.sessions.endAll('ann', await lineageBehind(mine))).toBe(1);
    expect(await visitors.isSignedIn(elsewhere)).toBe(true);
    expect(await visitors.isSignedIn(other)).toBe(false);
  });

  it('are not ended if the session to spare is unknown', async () => {
    const mine = await visitors.signedIn('ann');
    const late = visitors.open(mine.id);
    mine.rotate();
    await mine.save();

    await expect(lineageBehind(late)).rejects.toMatchObject({ code: 'SESSION_GONE' });
  });

  it('keep nobody out who has not signed in yet', async () => {
    const session = await visitors.anonymous();
    session.rotate();
    session.userId = 'ann';
    const other = await visitors.signedIn('ann');

    expect(await visitors.sessions.endAll('ann', await lineageBehind(session))).toBe(1);
    await session.save();
    expect([await visitors.isSignedIn(session), await visitors.isSignedIn(other)]).toEqual([
      true,
      false,
    ]);
  });

  it('refuse what requests under way still wanted to write', async () => {
    const session = await visitors.signedIn('ann');
    const late = await visitors.open(session.id).load();
    await visitors.sessions.endAll('ann', undefined);
    late.set('n', 1);

    await expect(late.save()).rejects.toMatchObject({ code: 'SESSION_GONE' });
  });

  describe('on a store that fails', () => {
    const UNAVAILABLE = { code: 'SESSION_STORE_UNAVAILABLE' };

    it('reject instead of being empty', async () => {
      jest.spyOn(visitors.store as MemorySessionStore, 'listByUser').mockRejectedValue(new Error());

      await expect(visitors.sessions.list('ann')).rejects.toMatchObject(UNAVAILABLE);
      await expect(visitors.sessions.endAll('ann', undefined)).rejects.toMatchObject(UNAVAILABLE);
    });

    it('are waited for no longer than `limits.storeTimeout`', async () => {
      const never = new Promise<never>(() => undefined);
      jest.spyOn(visitors.store as MemorySessionStore, 'listByUser').mockReturnValue(never);
      const ending = visitors.sessions.endAll('ann', undefined).catch((error: unknown) => error);
      for (let seconds = 0; seconds < 2; seconds++) {
        await new Promise(setImmediate);
        clock.advance(1_000);
      }

      expect(await ending).toMatchObject(UNAVAILABLE);
    });

    it('are ended even if the answer of the store is lost', async () => {
      const session = await visitors.signedIn('ann');
      const remove = visitors.store.delete.bind(visitors.store);
      jest.spyOn(visitors.store, 'delete').mockImplementationOnce(async (key) => {
        await remove(key);
        throw new Error('the answer is lost');
      });

      expect(await visitors.sessions.endAll('ann', undefined)).toBe(1);
      expect(await visitors.isSignedIn(session)).toBe(false);
    });

    it('are not those of somebody else, whatever an index says', async () => {
      const bob = await visitors.signedIn('bob');
      const store = visitors.store as MemorySessionStore;
      const records = await store.listByUser('bob');
      jest.spyOn(store, 'listByUser').mockResolvedValue(records);

      expect(await visitors.sessions.list('ann')).toEqual([]);
      expect(await visitors.sessions.endAll('ann', undefined)).toBe(0);
      expect(await visitors.isSignedIn(bob)).toBe(true);
    });
  });

  describe('have the time of their last use', () => {
    const MINUTE_MS = 60_000;
    const shown = async () => {
      const [record] = await visitors.sessions.list('ann');
      const { lifetimes } = parseCommitOptions({});
      return userSessionOf(record!, lifetimes, { currentLineage: undefined, show: [] }).lastSeenAt;
    };

    it('as of the last use that was noted, a tenth of the idle timeout apart', async () => {
      const session = await visitors.signedIn('ann');
      const signedInAt = clock.now();
      clock.advance(2 * MINUTE_MS);
      await visitors.use(session);
      expect(await shown()).toBe(signedInAt);
      clock.advance(2 * MINUTE_MS);
      await visitors.use(session);

      expect(await shown()).toBe(clock.now());
    });

    it('by the idle timeout of their own, and not before they began', async () => {
      const session = await visitors.signedIn('ann');
      session.setLifetime({ afterInactivity: '5m' });
      await session.save();
      clock.advance(MINUTE_MS);
      await visitors.use(session);

      expect(await shown()).toBe(clock.now());
    });

    it('unless it is their absolute limit that they come to', async () => {
      const session = await visitors.signedIn('ann');
      for (let minutes = 0; minutes < 11.75 * 60; minutes += 15) {
        clock.advance(15 * MINUTE_MS);
        await visitors.use(session);
      }
      expect(await shown()).toBeUndefined();
      session.setLifetime({ at: new Date(clock.now() + MINUTE_MS) });
      await session.save();

      expect(await shown()).toBeUndefined();
    });
  });

  describe('have public ids', () => {
    it('that end one session, once', async () => {
      const [one, other] = [await visitors.signedIn('ann'), await visitors.signedIn('ann')];
      const handle = await handleOf(one);

      expect(await visitors.sessions.endNamed(handle, undefined)).toBe(true);
      expect(await visitors.sessions.endNamed(handle, undefined)).toBe(false);
      expect(await listed()).toEqual(await visitsOf(other));
    });

    it('that a rotation does not change', async () => {
      const session = await visitors.signedIn('ann');
      const handle = await handleOf(session);
      for (let n = 0; n < 2; n++) {
        session.rotate();
        await session.save();
      }

      expect(await visitors.sessions.endNamed(handle, 'ann')).toBe(true);
      expect(await visitors.isSignedIn(session)).toBe(false);
    });

    it('that a renewal does not change', async () => {
      const renewing = new Visitors(visitors.store, clock, { lifetime: { renewEvery: '10m' } });
      const session = await renewing.signedIn('ann');
      const handle = await handleOf(session);
      let { id } = session;
      for (let n = 0; n < 2; n++) {
        clock.advance(11 * 60_000);
        const request = await renewing.open(id).load();
        await request.save();
        expect(request.id).not.toBe(id);
        ({ id } = request);
      }

      expect(await visitors.sessions.endNamed(handle, 'ann')).toBe(true);
      for (const old of [session.id, id])
        expect((await renewing.open(old).load()).userId).toBeUndefined();
    });

    it("that are worth nothing once the session is another user's", async () => {
      const session = await visitors.signedIn('ann');
      const handle = await handleOf(session);
      session.userId = 'bob';
      await session.save();

      expect(await visitors.sessions.endNamed(handle, undefined)).toBe(false);
      expect(await visitors.isSignedIn(session)).toBe(true);
    });

    it.each(['ann', 'ä漢🎉', 'a.b/c+d', ' ', 'x'.repeat(255)])(
      'that know the user %j',
      async (userId) => {
        const handle = await handleOf(await visitors.signedIn(userId));

        expect(handle).toMatch(/^[\w-]+\.[\w-]{22}$/);
        expect(await visitors.sessions.endNamed(handle, 'bob')).toBe(false);
        expect(await visitors.sessions.endNamed(handle, userId)).toBe(true);
      },
    );

    it('short enough for a path, where the user id is', async () => {
      const handle = await handleOf(await visitors.signedIn('x'.repeat(57)));

      // Fastify takes no longer parameter.
      expect(handle.length).toBeLessThanOrEqual(100);
    });

    it('that hold neither the id nor the store key', async () => {
      const session = await visitors.signedIn('ann');
      const handle = await handleOf(session);
      const [{ key }] = (await visitors.sessions.list('ann')) as unknown as [{ key: string }];

      for (const secret of [session.id!, key]) {
        expect(handle).not.toContain(secret.slice(0, 8));
        expect(await visitors.sessions.endNamed(secret, undefined)).toBe(false);
      }
      expect((await visitors.open(handle).load()).status).toBe('new');
    });

    it('and take nothing else for one', async () => {
      const session = await visitors.signedIn('ann');
      const handle = await handleOf(session);
      const [user, mark] = handle.split('.') as [string, string];
      const others = [
        ...['', '.', user, `${user}.`, `.${mark}`, `${handle} `, `${handle}A`, `${user}A.${mark}`],
        ...[`${user}.${'A'.repeat(22)}`, `${user}=.${mark}`, `${mark}.${user}`, `Ig.${mark}`],
        ...[undefined, null, 5, {}, [handle], { toString: () => handle }],
      ];

      for (const other of others)
        expect(await visitors.sessions.endNamed(other, undefined)).toBe(false);
      expect(await visitors.isSignedIn(session)).toBe(true);
    });
  });
});

describe(`In ${RACES} races`, () => {
  const visitors = new Visitors(new DistantStore());

  /** Those who sign in while the others are signed out: with a new session, with a new id, with the id they had. */
  const logins: ((userId: string) => Promise<Visitor>)[] = [
    (userId) => visitors.signedIn(userId),
    async (userId) => {
      const session = await visitors.anonymous();
      await jitter();
      session.rotate();
      session.userId = userId;
      await session.save();
      return session;
    },
    async (userId) => {
      const session = await visitors.anonymous();
      session.userId = userId;
      await session.save();
      return session;
    },
  ];

  it(
    'of logins against ending all, each login is over, or alive and listed',
    async () => {
      const sides = new Set<boolean>();
      let wrong = 0;
      for (let race = 0; race < RACES; race++) {
        const userId = `user-${race}`;
        const before = [await visitors.signedIn(userId), await visitors.signedIn(userId)];
        const [, ...racers] = await Promise.all([
          jitter().then(() => visitors.sessions.endAll(userId, undefined)),
          ...logins.map((login) => login(userId)),
        ]);
        const alive = await Promise.all(racers.map((session) => visitors.isSignedIn(session)));
        const list = await visitors.sessions.list(userId);
        for (const side of alive) sides.add(side);
        for (const session of before) if (await visitors.isSignedIn(session)) wrong++;
        if (list.length !== alive.filter(Boolean).length) wrong++;
      }

      expect(wrong).toBe(0);
      expect(sides).toEqual(new Set([false, true]));
    },
    TIMEOUT_MS,
  );

  it(
    'of rotations against ending all, no id of the visit is alive, and the spared visit is',
    async () => {
      const outcomes = new Set<unknown>();
      let wrong = 0;
      for (let race = 0; race < RACES; race++) {
        const userId = `user-${race}`;
        const [mine, other] = [await visitors.signedIn(userId), await visitors.signedIn(userId)];
        const visit = await lineageBehind(mine);
        const rotations = [mine, mine, other, other].map(async ({ id }) => {
          const session = visitors.open(id);
          await jitter();
          session.rotate();
          const outcome = await session.save().then(
            () => 'rotated',
            (error: { code: string }) => error.code,
          );
          outcomes.add(outcome);
          return outcome === 'rotated' ? session : undefined;
        });
        await visitors.sessions.endAll(userId, visit);
        const rotated = (await Promise.all(rotations)).filter((session) => session !== undefined);
        const alive = [];
        for (const session of [mine, other, ...rotated])
          if (await visitors.isSignedIn(session))
            alive.push(await lineageBehind(visitors.open(session.id)));
        const list = (await visitors.sessions.list(userId)).map(lineageOf);
        if (alive.length !== 1 || alive[0] !== visit || list.join() !== visit) wrong++;
      }

      expect(wrong).toBe(0);
      expect(outcomes).toEqual(new Set(['rotated', 'SESSION_GONE']));
    },
    TIMEOUT_MS,
  );

  it(
    'of renewals against ending all, the session is over under both ids',
    async () => {
      const minute = 60_000;
      const tenMinutesAgo = { ...systemClock, now: () => systemClock.now() - 10 * minute };
      const before = new Visitors(visitors.store, tenMinutesAgo);
      const renewing = new Visitors(visitors.store, systemClock, {
        lifetime: { renewEvery: '5m' },
      });
      let [wrong, renewed] = [0, 0];
      for (let race = 0; race < RACES; race++) {
        const session = await before.signedIn(`renewed-${race}`);
        const requests = [renewing.open(session.id), renewing.open(session.id)];
        await Promise.all([
          jitter().then(() => visitors.sessions.endAll(`renewed-${race}`, undefined)),
          ...requests.map(async (request) => (await request.load()).save().catch(() => undefined)),
        ]);
        if (requests.some(({ id }) => id !== undefined && id !== session.id)) renewed++;
        for (const one of [session, ...requests]) if (await renewing.isSignedIn(one)) wrong++;
        if ((await visitors.sessions.list(`renewed-${race}`)).length > 0) wrong++;
      }

      expect(wrong).toBe(0);
      expect(renewed).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'of a rotation against a handle, the session is over under both ids',
    async () => {
      let wrong = 0;
      for (let race = 0; race < RACES; race++) {
        const session = await visitors.signedIn(`user-${race}`);
        const handle = publicIdOf(`user-${race}`, (await lineageBehind(session))!);
        const rotating = visitors.open(session.id);
        rotating.rotate();
        const [isEnded] = await Promise.all([
          jitter().then(() => visitors.sessions.endNamed(handle, `user-${race}`)),
          jitter().then(() => rotating.save().catch(() => undefined)),
        ]);
        const alive = [await visitors.isSignedIn(session), await visitors.isSignedIn(rotating)];
        if (!isEnded || alive.includes(true)) wrong++;
      }

      expect(wrong).toBe(0);
    },
    TIMEOUT_MS,
  );
});
