import { jest } from '@jest/globals';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { storeDirectory, treeOf } from './store-directory.js';

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

  beforeEach(() => {
    clock = new ManualClock();
    directory = storeDirectory();
    store = make();
  });

  afterEach(() => directory.remove());

  it('keeps nothing for visitors, one file for each session of a user, and shows no user', async () => {
    await store.create(sampleRecord(clock));
    expect(filesIn('users')).toEqual([]);
    const record = await signedIn();
    await store.save(nextRecord(record), record.revision);

    expect(filesIn('users')).toEqual([
      expect.stringMatching(
        new RegExp(`^(..)/\\1[0-9a-f]{62}/${record.absoluteExpiresAt}\\.[0-9a-f]{66}$`),
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

  it('has the entry on the disk before the session, and lists none without one', async () => {
    const record = sampleRecord(clock, { userId: 'ann' });
    await store.load(record.key);
    rmSync(join(directory.path, 'drafts'), { recursive: true });

    await expect(store.create(record)).rejects.toThrow('ENOENT');
    expect(filesIn('users')).toHaveLength(1);
    expect(await store.listByUser('ann')).toEqual([]);
    mkdirSync(join(directory.path, 'drafts'));
    await store.create(record);
    expect(await store.listByUser('ann')).toEqual([record]);
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

  it('purges entries at the absolute limit, whatever became of their sessions', async () => {
    const [kept, ended] = [await signedIn(), await signedIn()];
    await store.delete(ended.key);
    await store.touch(kept.key, kept.absoluteExpiresAt, kept.revision);
    expect(filesIn('users')).toHaveLength(2);
    clock.advance(HOUR_MS - 1);
    expect(await store.deleteExpired()).toBe(0);
    expect((await store.listByUser('ann')).map(({ key }) => key)).toEqual([kept.key]);
    clock.advance(120_000);

    expect(await store.deleteExpired()).toBe(1);
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
