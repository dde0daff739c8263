import { jest } from '@jest/globals';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveRecord } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { makeRecord, type Tombstone } from '../../../lib/core/record/session-record.js';
import { Session } from '../../../lib/core/session/session.js';
import { SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { Bench } from '../../support/open.js';
import { storeDirectory, treeOf } from './store-directory.js';

/** The figure of lib/stores/README.md was taken with 8,000. */
const PAST_SIGN_INS = Number(process.env.TEST_PAST_SIGN_INS ?? 240);
const SESSIONS = 50;
const DAY_MS = 24 * 3_600_000;
const MARKER_MS = 5 * 60_000;

describe('What the file store keeps', () => {
  let clock: ManualClock;
  let directory: ReturnType<typeof storeDirectory>;
  let store: FileSessionStore;

  /** As with `remember: '30d'`, at the pace of a sign-in every five minutes. */
  const signedIn = async (userId?: string): Promise<LiveRecord> => {
    const absoluteExpiresAt = clock.now() + 30 * DAY_MS;
    const life = { expiresAt: absoluteExpiresAt, absoluteExpiresAt };
    const record = sampleRecord(clock, { ...life, ...(userId !== undefined && { userId }) });
    await store.create(record);
    return record;
  };
  /** As a rotation leaves it, which has stored the session under another key. */
  const rotatedAway = async (record: LiveRecord) => {
    const { userId: _, data: _data, ...head } = nextRecord(record);
    const expiresAt = clock.now() + MARKER_MS;
    const marker = { ...head, kind: 'tombstone', expiresAt, absoluteExpiresAt: expiresAt } as const;
    await store.save(makeRecord<Tombstone>(marker), record.revision);
  };
  /** A session may have several files of one inode. */
  const inodesIn = (folder: string): number => {
    const root = join(directory.path, folder);
    const inodes = treeOf(root).map((path) => lstatSync(join(root, path)));
    return new Set(inodes.filter(isNoShard).map(({ ino }) => ino)).size;
  };
  const isNoShard = ({ ino }: { ino: number }): boolean => !shards().includes(ino);
  /** Folders that sessions share: there are at most 256 of each, and one per minute of expiry. */
  const shards = (): number[] =>
    treeOf(directory.path)
      .filter((path) => /^\w+(\/\w{2}|\/\d+)?$/.test(path))
      .map((path) => lstatSync(join(directory.path, path)).ino);

  beforeEach(() => {
    clock = new ManualClock();
    directory = storeDirectory();
    store = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
  });

  afterEach(() => directory.remove());

  it.each([
    ['a visitor', 3, () => undefined],
    ['a user with one session', 4, (n: number) => `user-${n}`],
    ['a user with many', 3, () => 'ann'],
  ])(
    'takes the inodes per session of %s that the page of stores states',
    async (who, most, userOf) => {
      for (let n = 0; n < SESSIONS; n++) await signedIn(userOf(n));
      const inodes = inodesIn('.') / SESSIONS;

      console.log(`Inodes per session of ${who}: ${inodes}`);
      expect(Math.floor(inodes)).toBe(most);
    },
  );

  it(
    'lists in as many looks as there are live sessions, however many there were',
    async () => {
      for (let n = 0; n < PAST_SIGN_INS; n++) {
        const record = await signedIn('ann');
        if (n % 2 === 0) await store.delete(record.key);
        else await rotatedAway(record);
        clock.advance((30 * DAY_MS) / 8_000);
        if (n % 20 === 0) await store.deleteExpired();
      }
      clock.advance(MARKER_MS + 60_000);
      await store.deleteExpired();
      const live = await signedIn('ann');
      const looks = jest.spyOn(SessionFolder.prototype, 'list');

      expect(await store.listByUser('ann')).toEqual([live]);
      console.log(
        `Folders read for a list after ${PAST_SIGN_INS} past sign-ins: ${looks.mock.calls.length}`,
      );
      expect(looks).toHaveBeenCalledTimes(1);
      looks.mockRestore();
    },
    60_000 + PAST_SIGN_INS * 100,
  );

  it(
    'lists a device that renews its id in no more looks after days than after an hour',
    async () => {
      const renewEvery = 15 * 60_000;
      const lifetime = { idleTimeout: '30d', absoluteLifetime: '60d', renewEvery } as const;
      const bench = new Bench({ lifetime }, { clock, inner: store });
      const request = async (...ids: string[]): Promise<string> => {
        const state = bench.state(...ids);
        const session = new Session(state);
        await session.load();
        session.userId = 'ann';
        await state.finish();
        return session.id!;
      };
      const looks = jest.spyOn(SessionFolder.prototype, 'list');
      const counts: number[] = [];
      let id = await request();
      for (let n = 0; n < PAST_SIGN_INS; n++) {
        clock.advance(renewEvery);
        id = await request(id);
        clock.advance(60_000);
        id = await request(id);
        await store.deleteExpired();
        looks.mockClear();
        expect(await store.listByUser('ann')).toHaveLength(1);
        counts.push(looks.mock.calls.length);
      }

      console.log(`Folders read for a list after ${PAST_SIGN_INS} renewals: ${counts.at(-1)}`);
      expect(Math.max(...counts)).toBe(Math.max(...counts.slice(0, 4)));
      looks.mockRestore();
    },
    60_000 + PAST_SIGN_INS * 100,
  );
});
