import { jest } from '@jest/globals';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveRecord } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { folderName, userName } from '../../../lib/stores/file/names.js';
import { SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { rotated } from '../../../lib/testing/promises/listing.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { storeDirectory, treeOf } from './store-directory.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('The index by user in files', () => {
  let clock: ManualClock;
  let directory: ReturnType<typeof storeDirectory>;
  let store: FileSessionStore;

  const make = () => new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
  const filesIn = (folder: string) =>
    treeOf(join(directory.path, folder)).filter((path) => path.includes('.'));
  const signedIn = async (userId = 'ann') => {
    const record = sampleRecord(clock, { userId });
    await store.create(record);
    return record;
  };

  const entriesOf = (userId: string) => {
    const user = userName(userId);
    return filesIn('users').filter((path) => path.includes(user));
  };
  const saved = async (record: LiveRecord, { userId }: { userId: string | undefined }) => {
    const { userId: _, ...rest } = record;
    await store.save(nextRecord(rest, userId === undefined ? {} : { userId }), record.revision);
  };
  const purgedAfter = async (ms: number) => {
    clock.advance(ms);
    await store.deleteExpired();
  };
  const replaced = async ({ key }: LiveRecord) => {
    clock.advance(MINUTE_MS);
    await store.create(sampleRecord(clock, { key, userId: 'bob' }));
  };

  beforeEach(() => {
    clock = new ManualClock();
    directory = storeDirectory();
    store = make();
  });

  afterEach(() => directory.remove());

  it('keeps nothing for visitors, one file for each session of a user, and no user id in a name', async () => {
    await store.create(sampleRecord(clock));
    expect(filesIn('users')).toEqual([]);
    const record = await signedIn();
    await store.save(nextRecord(record), record.revision);

    expect(filesIn('users')).toEqual([
      expect.stringMatching(
        new RegExp(`^(..)/\\1[0-9a-f]{62}/${folderName(record.key)}\\.[0-9a-f]{16}$`),
      ),
    ]);
    expect(filesIn('users').join()).not.toContain('ann');
  });

  it('reads the sessions of the user, and no others', async () => {
    for (let n = 0; n < 10; n++) await signedIn('bob');
    for (let n = 0; n < 3; n++) await signedIn();
    const looks = jest.spyOn(SessionFolder.prototype, 'list');

    expect(await store.listByUser('ann')).toHaveLength(3);
    expect(looks).toHaveBeenCalledTimes(3);
    looks.mockRestore();
  });

  it('reads the outline of a session in a newer format, until it expires', async () => {
    const record = sampleRecord(clock, { userId: 'ann' });
    await store.create({ ...record, format: 2 });
    expect(await store.listByUser('ann')).toMatchObject([{ key: record.key, format: 2, data: {} }]);
    clock.advance(record.expiresAt - clock.now());
    expect(await store.listByUser('ann')).toEqual([]);
  });

  it('leaves a session with nobody where the entry cannot be written', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    rmSync(join(directory.path, 'users'), { recursive: true });
    writeFileSync(join(directory.path, 'users'), 'in the way');
    const next = nextRecord(record, { userId: 'ann' });

    await expect(store.save(next, record.revision)).rejects.toThrow('ENOTDIR');
    expect(await store.load(record.key)).toEqual(record);
  });

  it.each([
    ['is deleted', (record: LiveRecord) => store.delete(record.key)],
    ['goes to nobody', (record: LiveRecord) => saved(record, { userId: undefined })],
    ['goes to another user', (record: LiveRecord) => saved(record, { userId: 'bob' })],
    ['expires and is purged', () => purgedAfter(MINUTE_MS)],
    ['expires, and its key is taken', (record: LiveRecord) => replaced(record)],
  ])('removes the entry of a session that %s', async (_, end) => {
    const record = await signedIn();
    await end(record);

    expect(entriesOf('ann')).toEqual([]);
  });

  it('keeps the entry of a session that was rotated until its marker goes', async () => {
    const record = await signedIn();
    const next = await rotated(store, record, clock);
    expect(entriesOf('ann')).toHaveLength(2);
    await store.touch(next.key, clock.now() + HOUR_MS, next.revision);
    await purgedAfter(MINUTE_MS);

    expect(entriesOf('ann')).toEqual([expect.stringContaining(folderName(next.key)!)]);
  });

  it('leaves nothing of a user whose sessions have ended, once they would have expired', async () => {
    const [ended, expired] = [await signedIn(), await signedIn()];
    await store.touch(expired.key, clock.now() + HOUR_MS, expired.revision);
    await store.delete(ended.key);
    await purgedAfter(MINUTE_MS);
    await purgedAfter(HOUR_MS);

    expect([...filesIn('users'), ...filesIn('expiry')]).toEqual([]);
    expect(readdirSync(join(directory.path, 'expiry'))).toEqual([]);
  });

  it('lists a session once whose absolute limit was moved, and until the later one', async () => {
    const record = await signedIn();
    const expiresAt = record.absoluteExpiresAt + HOUR_MS;
    const later = nextRecord(record, { expiresAt, absoluteExpiresAt: expiresAt });
    await store.save(later, record.revision);
    expect(await store.listByUser('ann')).toEqual([later]);
    clock.advance(HOUR_MS + 60_000);
    await store.deleteExpired();

    expect(await store.listByUser('ann')).toEqual([later]);
  });

  it('loses no entry to a purge that removes the folder of the user meanwhile', async () => {
    for (let round = 0; round < 20; round++) {
      await signedIn();
      clock.advance(2 * HOUR_MS);
      const [record] = await Promise.all([
        signedIn(),
        make().deleteExpired(),
        store.deleteExpired(),
      ]);

      expect(await store.listByUser('ann')).toEqual([record]);
    }
  });

  it('refuses rather than listing nothing when its directory is gone', async () => {
    const volume = join(directory.path, 'volume');
    store = new FileSessionStore({ directory: volume, clock, purgeEvery: false });
    await signedIn();
    renameSync(volume, join(directory.path, 'unmounted'));
    mkdirSync(volume);

    await expect(store.listByUser('ann')).rejects.toThrow('ENOENT');
    await expect(signedIn()).rejects.toThrow('ENOENT');
    expect(treeOf(volume)).toEqual([]);
  });
});
