import { systemClock } from '../../lib/core/options/clock.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Answer, Browser } from '../support/browser.js';
import { AccountController, script } from './attacks/account.controller.js';
import { NOBODY, seenBy, valueIn } from './attacks/victim.js';

const MINUTE = 60_000;

let aheadMs = 0;
const { now } = systemClock;
systemClock.now = () => now() + aheadMs;

describe.each(adapters)('With a copy of the cookie, on %s', (_, makeAdapter) => {
  let host: TestApp;
  let victim: Browser;
  let thief: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { controllers: [AccountController] });
  });
  beforeEach(async () => {
    aheadMs = 0;
    victim = host.browser();
    await victim.get('/login/ann');
    thief = victim.clone();
  });
  afterEach(() => {
    thief.close();
    script.meanwhile = async () => {};
  });
  afterAll(() => host.close());

  describe('replay', () => {
    const ends: [string, () => Promise<unknown>][] = [
      ['a logout', () => victim.get('/logout')],
      ['a logout by another copy', () => victim.clone().get('/logout')],
      ['its idle timeout', async () => (aheadMs = 30 * MINUTE)],
      ['its absolute limit', useForTwelveHours],
    ];

    it.each(ends)('after %s finds nothing', async (__, end) => {
      const stolen = valueIn(thief);
      await end();
      const answer = await thief.get('/who');

      expect(answer.json()).toEqual(NOBODY);
      expect(answer.setCookie).toEqual([expect.stringContaining('Max-Age=0')]);
      await thief.get('/note/mine');
      expect(valueIn(thief)).not.toBe(stolen);
    });

    it.each(ends)('after %s gains nothing of the session by a login', async (__, end) => {
      await victim.get('/note/private');
      await end();
      await thief.get('/login/mallory');

      expect(await seenBy(thief)).toEqual({ userId: 'mallory', note: null });
    });

    it('after a rotation finds nothing, and gets no cookie', async () => {
      await victim.get('/login/ann');
      await victim.get('/note/private');
      const answer = await thief.get('/who');

      expect([answer.json(), answer.setCookie]).toEqual([NOBODY, []]);
    });

    it.each(['/note/mine', '/forget', '/clear', '/take'])(
      'after a rotation gets 409 from %s, which changes nothing',
      async (path) => {
        await victim.get('/login/ann');
        await victim.get('/note/private');
        const { status, setCookie } = await thief.get(path);

        expect([status, setCookie]).toEqual([409, []]);
        expect(await seenBy(victim)).toEqual({ userId: 'ann', note: 'private' });
      },
    );

    it('after a rotation cannot end the rotated session', async () => {
      await victim.get('/login/ann');
      await thief.get('/logout');
      expect(await seenBy(victim)).toEqual({ userId: 'ann', note: null });
    });

    it('after the tombstone of a rotation has expired finds nothing either', async () => {
      await victim.get('/login/ann');
      aheadMs = 5 * MINUTE;
      await thief.get('/note/mine');

      expect(await seenBy(thief)).toEqual({ userId: null, note: 'mine' });
      expect(await seenBy(victim)).toEqual({ userId: 'ann', note: null });
    });

    async function useForTwelveHours(): Promise<void> {
      for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
        aheadMs = minutes * MINUTE;
        await victim.get('/who');
      }
      expect(await seenBy(victim)).toMatchObject({ userId: 'ann' });
      aheadMs = 12 * 60 * MINUTE;
    }
  });

  // What a slow write becomes on every way of answering is in failures.e2e.spec.ts.
  describe('resurrection', () => {
    const slow = ['/slow/who', '/slow/note', '/slow/update', '/slow/login'];

    it.each(slow)('by %s, under way at a logout, brings nothing back', async (path) => {
      const stolen = valueIn(thief);
      const answer = await during(path, () => victim.get('/logout'));

      expect(answer.status).toBe(path === '/slow/who' ? 200 : 409);
      expect(answer.setCookie).toEqual([]);
      thief.jar.set('__Host-sid', stolen);
      expect(await seenBy(thief)).toEqual(NOBODY);
    });

    it('by a slow read that is due to extend the session, brings nothing back', async () => {
      aheadMs = 10 * MINUTE;
      const answer = await during('/slow/who', () => victim.get('/logout'));

      expect([answer.status, answer.setCookie]).toEqual([200, []]);
      expect(await seenBy(thief)).toEqual(NOBODY);
    });

    it.each(slow)('by %s, under way at a rotation, does not reach the new id', async (path) => {
      const answer = await during(path, () => victim.get('/login/ann'));

      expect(answer.status).toBe(path === '/slow/who' ? 200 : 409);
      expect(answer.setCookie).toEqual([]);
      expect(await seenBy(victim)).toEqual({ userId: 'ann', note: null });
      expect(await seenBy(thief)).toEqual(NOBODY);
    });

    it.each(['/slow/note', '/slow/update', '/slow/login'])(
      'by %s, under way at the idle timeout, brings nothing back',
      async (path) => {
        const answer = await during(path, async () => (aheadMs = 30 * MINUTE));

        expect([answer.status, answer.setCookie]).toEqual([409, []]);
        expect(await seenBy(thief)).toEqual(NOBODY);
      },
    );

    /** The thief's request is answered after the event, having loaded the session before it. */
    async function during(path: string, event: () => Promise<unknown>): Promise<Answer> {
      const isLoaded = new Barrier();
      const isOver = new Barrier();
      script.meanwhile = () => {
        isLoaded.open();
        return isOver.reached;
      };
      const answering = thief.get(path);
      await isLoaded.reached;
      await event();
      isOver.open();
      return answering;
    }
  });
});
