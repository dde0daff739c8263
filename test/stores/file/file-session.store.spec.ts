import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileSessionStore } from 'nestjs-sessions/file';
import { describeSessionStore, ManualClock } from 'nestjs-sessions/testing';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { dataIn, folderOf, storeDirectory, treeOf } from './store-directory.js';

describeSessionStore(
  { describe, it, expect },
  'FileSessionStore',
  (clock) => {
    const directory = storeDirectory();
    const open = () =>
      new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
    return { store: open(), other: open(), close: () => directory.remove() };
  },
  { deletesExpired: true, listsByUser: true },
);

/** Data first: its name has no dots. */
function byDots(one: string, other: string): number {
  return one.split('.').length - other.split('.').length;
}

describe('FileSessionStore', () => {
  const clock = new ManualClock();
  const directory = storeDirectory();
  const store = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });

  afterAll(() => directory.remove());

  it('names files by the key in hexadecimal, hashes, random and time', async () => {
    const record = sampleRecord(clock);
    await store.create(record);

    const digest = Buffer.from(record.key, 'base64url').toString('hex');
    const [letters, minute] = [digest.slice(0, 2), record.expiresAt / 60_000];
    expect(treeOf(directory.path).filter((path) => !path.includes(`${digest}00/`))).toEqual([
      'drafts',
      'expiry',
      `expiry/${minute}`,
      `expiry/${minute}/${record.expiresAt}.${digest}00`,
      'sessions',
      `sessions/${letters}`,
      `sessions/${letters}/${digest}00`,
      'users',
    ]);
    expect(readdirSync(folderOf(directory.path, record.key)).toSorted(byDots)).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}-\d+$/),
      expect.stringMatching(/^[0-9a-f]{32}\.[0-9a-f]{16}-\d+\.\d+$/),
    ]);
  });

  it('lets nobody else in', async () => {
    await store.create(sampleRecord(clock));
    const modes = treeOf(directory.path).map((path) => {
      const status = statSync(join(directory.path, path));
      return `${status.isDirectory() ? 'folder' : 'file'} ${(status.mode & 0o777).toString(8)}`;
    });

    expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
  });

  it('keeps one file of data per session, whatever has happened to it', async () => {
    let record = sampleRecord(clock);
    await store.create(record);
    for (let n = 0; n < 3; n++) {
      const next = nextRecord(record);
      await Promise.all([store.save(next, record.revision), store.save(nextRecord(record), 'no')]);
      record = next;
    }
    await Promise.all([1, 2, 3].map(() => store.save(nextRecord(record), record.revision)));
    await store.touch(record.key, clock.now() + 90_000, record.revision);

    expect(treeOf(folderOf(directory.path, record.key))).toHaveLength(2);
    await store.delete(record.key);
    expect(() => treeOf(folderOf(directory.path, record.key))).toThrow('ENOENT');
  });

  it('hands out what has expired, until the purge, and lists none of it', async () => {
    const record = sampleRecord(clock, { expiresAt: clock.now() + 10, userId: 'user-1' });
    await store.create(record);
    clock.advance(10);

    expect(await store.load(record.key)).toEqual(record);
    expect(await store.listByUser('user-1')).toEqual([]);
    await store.deleteExpired();
    expect(await store.load(record.key)).toBeUndefined();
  });

  it('keeps nothing of a session whose key was taken', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const before = treeOf(directory.path);
    expect(await store.create(record)).toBe(false);

    expect(treeOf(directory.path)).toEqual(before);
  });

  it('ends a session that is touched all the while', async () => {
    for (let round = 0; round < 20; round++) {
      const record = sampleRecord(clock);
      await store.create(record);
      const touches = Array.from({ length: 5 }, (_, n) =>
        store.touch(record.key, record.expiresAt + n, record.revision),
      );
      const [ended] = await Promise.all([store.delete(record.key), ...touches]);

      expect(ended).toBe(true);
      expect(await store.load(record.key)).toBeUndefined();
    }
  });

  it('writes no data when it is touched', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const before = statSync(dataIn(directory.path, record.key), { bigint: true });
    await store.touch(record.key, clock.now() + 120_000, record.revision);
    const after = statSync(dataIn(directory.path, record.key), { bigint: true });

    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it.each(['', '..', '../'.repeat(14) + 'x', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}/`])(
    'takes %j for no key, and stores nothing under it',
    async (key) => {
      const before = treeOf(directory.path);
      const record = sampleRecord(clock, { key });

      expect(await store.load(key)).toBeUndefined();
      expect(await store.create(record)).toBe(false);
      expect(await store.save(record, record.revision)).toBe('gone');
      expect(await store.touch(key, record.expiresAt, record.revision)).toBe(false);
      expect(await store.delete(key)).toBe(false);
      expect(treeOf(directory.path)).toEqual(before);
    },
  );

  it('keeps sessions that a store before it has stored', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const next = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });

    expect(await next.load(record.key)).toEqual(record);
  });

  it('refuses rather than taking all sessions for ended when its directory is gone', async () => {
    const place = storeDirectory();
    const volume = join(place.path, 'volume');
    const store = new FileSessionStore({ directory: volume, clock, purgeEvery: false });
    const record = sampleRecord(clock);
    await store.create(record);
    renameSync(volume, join(place.path, 'unmounted'));
    mkdirSync(volume);

    await expect(store.load(record.key)).rejects.toThrow('ENOENT');
    await expect(store.save(nextRecord(record), record.revision)).rejects.toThrow('ENOENT');
    await expect(store.delete(record.key)).rejects.toThrow('ENOENT');
    await expect(store.create(sampleRecord(clock))).rejects.toThrow('ENOENT');
    await place.remove();
  });

  it('names neither key nor path when the system refuses', async () => {
    const place = storeDirectory();
    const store = new FileSessionStore({ directory: place.path, clock, purgeEvery: false });
    const record = sampleRecord(clock);
    await store.load(record.key);
    await place.remove();
    const error = await store.load(record.key).catch((thrown: unknown) => thrown);

    expect(Object.entries(error as object)).toEqual([['code', 'ENOENT']]);
    expect(String(error)).toBe('Error: stat of a session file: ENOENT, no such file or directory');
    expect((error as Error).cause).toBeUndefined();
  });

  it('fails at once where its directory can never be made', async () => {
    const store = new FileSessionStore({ directory: '/proc/none/sessions', purgeEvery: false });

    await expect(store.onModuleInit()).rejects.toThrow('got "/proc/none/sessions" (');
  });

  it('works again when the directory does', async () => {
    const place = storeDirectory();
    const path = join(place.path, 'later');
    const blocked = new FileSessionStore({
      directory: join(path, 'store'),
      clock,
      purgeEvery: false,
    });
    writeFileSync(path, 'in the way');
    await expect(blocked.load(sampleRecord(clock).key)).rejects.toThrow('ENOTDIR');
    rmSync(path);

    expect(await blocked.create(sampleRecord(clock))).toBe(true);
    await place.remove();
  });

  it('stores text as it is', async () => {
    const record = sampleRecord(clock, { data: { letters: 'äß漢字🎉' } });
    await store.create(record);

    expect(JSON.parse(readFileSync(dataIn(directory.path, record.key), 'utf8'))).toEqual(record);
  });

  it.each([
    [{}, 'Expected `FileSessionStore directory` to be the path of a folder, got nothing.'],
    [{ directory: 5 }, 'to be the path of a folder, got a value of type number.'],
    [{ directory: 'x', purgeEvery: -1 }, 'Expected `FileSessionStore purgeEvery` to be a positive'],
    [
      { path: 'x' },
      '`FileSessionStore path` is not an option. There are: directory, purgeEvery, clock.',
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => new FileSessionStore(options as { directory: string })).toThrow(message);
  });
});
