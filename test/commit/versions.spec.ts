import { jest } from '@jest/globals';
import { type LiveRecord, openSession, type Session } from 'nestjs-sessions';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { UserSessions } from '../../lib/commit/user-sessions.js';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { Bench } from '../support/open.js';
import { TextStore } from '../support/text-store.js';

/** What a version of the library that is yet to come notes in each record. */
const ADDED = { device: { name: 'phone' } };
const RENEW_EVERY_MS = 120_000;

describe('A record of a newer version', () => {
  let store: TextStore;
  let bench: Bench;
  let id: string;

  beforeEach(async () => {
    store = new TextStore();
    bench = new Bench({ lifetime: { renewEvery: RENEW_EVERY_MS } }, { inner: store });
    id = await bench.stored({ a: 1 });
    rewrite((record) => ({ ...record, ...ADDED }));
  });

  describe('in a known format keeps what this version does not know', () => {
    it('at a save and an update', async () => {
      const session = bench.open(id);
      session.set('a', 2);
      await session.save();
      await session.update('a', () => 3);
      expect(recordUnder(id)).toMatchObject({ data: { a: 3 }, ...ADDED });
    });

    it('at a rotation', async () => {
      const session = bench.open(id);
      session.rotate();
      await session.save();
      expect(session.id).not.toBe(id);
      expect(recordUnder(session.id!)).toMatchObject({ data: { a: 1 }, ...ADDED });
      expect(recordUnder(id)).not.toMatchObject(ADDED);
    });

    it('at a renewal, and when the new id comes back', async () => {
      bench.clock.advance(RENEW_EVERY_MS);
      const session = bench.open(id);
      await session.load();
      await session.save();
      expect(session.id).not.toBe(id);
      expect(recordUnder(session.id!)).toMatchObject({ predecessor: {}, ...ADDED });

      const next = bench.open(session.id!);
      next.set('a', 2);
      await next.save();
      const record = recordUnder(session.id!);
      expect(record).toMatchObject({ data: { a: 2 }, ...ADDED });
      expect(record).not.toHaveProperty('predecessor');
    });

    it('at a login that is taken back', async () => {
      const save = store.save.bind(store);
      jest.spyOn(store, 'save').mockImplementationOnce(async (...args) => {
        await signIn(openSession(store));
        return save(...args);
      });
      const limits = { perUser: { max: 1, whenFull: 'refuse' } } as const;
      await expect(signIn(openSession(store, id, { limits }))).rejects.toMatchObject({
        code: 'SESSION_LIMIT_REACHED',
      });
      expect(recordUnder(id)).toMatchObject({ data: { a: 1 }, ...ADDED });
    });

    it('and still removes what it knows', async () => {
      const session = bench.open(id);
      session.userId = 'ann';
      session.setLifetime({ afterInactivity: '1h' });
      await session.save();
      expect(recordUnder(id)).toMatchObject({ userId: 'ann', ...ADDED });
      session.userId = undefined;
      await session.save();
      const record = recordUnder(id);
      expect(record).toMatchObject(ADDED);
      expect(record).not.toHaveProperty('userId');
      expect(record).not.toHaveProperty('signedInAt');
    });
  });

  describe('in a newer format', () => {
    beforeEach(() => rewrite((record) => ({ ...record, format: 2 })));

    it.each(['load', 'save', 'destroy'] as const)('refuses to %s, and stays', async (operation) => {
      const before = textUnder(id);
      const session = bench.open(id);
      session.set('a', 2);
      await expect(session[operation]()).rejects.toMatchObject({
        code: 'SESSION_STORE_UNAVAILABLE',
        message: expect.stringContaining(
          'has format 2, and this version reads formats up to 1',
        ) as string,
      });
      expect(bench.store.takeCalls()).toBe('load');
      expect(textUnder(id)).toBe(before);
    });

    it('refuses who loaded it before it was rewritten, and stays', async () => {
      rewrite((record) => ({ ...record, format: 1 }));
      const session = bench.open(id);
      await session.load();
      rewrite((record) => ({ ...record, format: 2, revision: 'another' }));
      const before = textUnder(id);
      session.set('a', 2);
      await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
      expect(textUnder(id)).toBe(before);
    });
  });

  describe('in a newer format, of a user', () => {
    const sessions = (): UserSessions =>
      new UserSessions(store, parseCommitOptions({}, bench.clock));

    beforeEach(async () => {
      await signIn(bench.open(id));
      rewrite((record) => ({ ...record, format: 2 }));
    });

    it('is listed by what all formats say of it, with nothing of what it holds', async () => {
      const other = bench.open();
      bench.clock.advance(1);
      await signIn(other);
      const listed = await sessions().list('ann');
      expect(listed.map(({ key, data }) => ({ key, data }))).toEqual([
        { key: storeKeyOf(id), data: {} },
        { key: storeKeyOf(other.id!), data: {} },
      ]);
      expect(JSON.stringify(listed)).not.toContain('phone');
    });

    it('is ended with the others', async () => {
      expect(await sessions().endAll('ann', undefined)).toBe(1);
      expect(store.texts.size).toBe(0);
    });

    it('is left out where even its outline is another', async () => {
      rewrite(({ userId, ...record }) => ({ ...record, user: { id: userId } }));
      expect(await sessions().list('ann')).toEqual([]);
      rewrite((record) => ({ ...record, userId: 'ann', kind: 'of another kind' }));
      expect(await sessions().list('ann')).toEqual([]);
    });
  });

  function recordUnder(shown: string): unknown {
    return store.stored(storeKeyOf(shown));
  }

  function textUnder(shown: string): string | undefined {
    return store.texts.get(storeKeyOf(shown));
  }

  function rewrite(change: (record: LiveRecord) => object): void {
    const key = storeKeyOf(id);
    store.texts.set(key, JSON.stringify(change(store.stored(key) as LiveRecord)));
  }
});

async function signIn(session: Session): Promise<void> {
  session.userId = 'ann';
  await session.save();
}
