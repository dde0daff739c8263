import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readdirSync, rmSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { folderName } from '../../../lib/stores/file/names.js';
import { Purge } from '../../../lib/stores/file/purge.js';
import { type Listing, SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { eventually } from '../../support/servers.js';
import { folderOf, storeDirectory, treeOf } from './store-directory.js';

const MINUTE_MS = 60_000;

describe('Purging files', () => {
  let clock: ManualClock;
  let directory: ReturnType<typeof storeDirectory>;
  let store: FileSessionStore;

  const make = () => new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
  const stored = async (lifeMs: number) => {
    const expiresAt = clock.now() + lifeMs;
    const record = sampleRecord(clock, { expiresAt, absoluteExpiresAt: expiresAt });
    await store.create(record);
    return record;
  };
  const markers = () => treeOf(join(directory.path, 'expiry')).filter((path) => path.includes('/'));

  beforeEach(() => {
    clock = new ManualClock();
    directory = storeDirectory();
    store = make();
  });

  afterEach(() => directory.remove());

  it('leaves nothing of sessions that have expired', async () => {
    for (let n = 0; n < 20; n++) await stored(n * 10_000);
    clock.advance(10 * MINUTE_MS);

    expect(await store.deleteExpired()).toBe(20);
    expect(treeOf(directory.path).filter((path) => /\d/.test(path.slice(12)))).toEqual([]);
    expect(readdirSync(join(directory.path, 'expiry'))).toEqual([]);
  });

  it('reads no session and no minute that is not due', async () => {
    const due = await stored(MINUTE_MS);
    const later = await stored(10 * MINUTE_MS);
    // Whoever reads the later minute finds this and looks at the session.
    const minute = join(directory.path, 'expiry', String(later.expiresAt / MINUTE_MS));
    writeFileSync(join(minute, `1.${folderName(later.key)}`), '');
    const looks = jest.spyOn(SessionFolder.prototype, 'list');
    clock.advance(2 * MINUTE_MS);

    expect(await store.deleteExpired()).toBe(1);
    expect(looks.mock.contexts.map((folder) => (folder as SessionFolder).path)).toEqual([
      folderOf(directory.path, due.key),
    ]);
    looks.mockRestore();
  });

  it('reads no session of the current minute that is not due', async () => {
    await stored(10_000);
    await stored(50_000);
    const looks = jest.spyOn(SessionFolder.prototype, 'list');
    clock.advance(20_000);

    expect(await store.deleteExpired()).toBe(1);
    expect(looks).toHaveBeenCalledTimes(1);
    looks.mockRestore();
  });

  it('files a session that was touched under its new expiry', async () => {
    const record = await stored(MINUTE_MS);
    for (let use = 0; use < 5; use++) {
      clock.advance(50_000);
      await store.touch(record.key, clock.now() + MINUTE_MS, record.revision);
      expect(await store.deleteExpired()).toBe(0);
    }
    expect(markers()).toHaveLength(1);
    clock.advance(MINUTE_MS);

    expect(await store.deleteExpired()).toBe(1);
    expect(markers()).toEqual([]);
  });

  it('finds a session whose life a save has shortened', async () => {
    const record = await stored(60 * MINUTE_MS);
    const shorter = nextRecord(record, { expiresAt: clock.now() + MINUTE_MS });
    await store.save(shorter, record.revision);
    clock.advance(2 * MINUTE_MS);

    expect(await store.deleteExpired()).toBe(1);
  });

  it('spares a session that a late touch would have ended', async () => {
    const record = await stored(60 * MINUTE_MS);
    await store.touch(record.key, clock.now() + MINUTE_MS, record.revision);
    clock.advance(2 * MINUTE_MS);

    expect(await store.deleteExpired()).toBe(0);
    expect(await store.load(record.key)).toEqual(record);
  });

  it('counts no session twice when several processes do it at once', async () => {
    for (let n = 0; n < 50; n++) await stored(MINUTE_MS);
    const alive = await stored(10 * MINUTE_MS);
    clock.advance(2 * MINUTE_MS);
    const counts = await Promise.all([store, make(), make()].map((each) => each.deleteExpired()));

    expect(counts.reduce((sum, count) => sum + count)).toBe(50);
    expect(await store.load(alive.key)).toEqual(alive);
  });

  it.each([
    ['ends it', 'end', 1],
    ['makes sure of its end', 'sync', 2],
  ] as const)(
    'goes on where another process removes the folder before it %s',
    async (_, step, count) => {
      const [first, second] = [await stored(MINUTE_MS), await stored(MINUTE_MS + 1)];
      type Step = (listing: Listing) => Promise<unknown>;
      const prototype = SessionFolder.prototype as Record<typeof step, Step>;
      const original = prototype[step];
      const steps = jest.spyOn(prototype, step);
      steps.mockImplementationOnce(function (this: SessionFolder, listing) {
        rmSync(this.path, { recursive: true });
        return original.call(this, listing);
      });
      clock.advance(3 * MINUTE_MS);

      expect(await store.deleteExpired()).toBe(count);
      expect(await store.deleteExpired()).toBe(0);
      for (const { key } of [first, second]) expect(await store.load(key)).toBeUndefined();
      expect(markers()).toEqual([]);
      steps.mockRestore();
    },
  );

  it('removes what a process left that died while it ended a session', async () => {
    const record = await stored(MINUTE_MS);
    const folder = folderOf(directory.path, record.key);
    const [state] = readdirSync(folder).filter((name) => name.includes('.'));
    rmSync(join(folder, state!));
    clock.advance(2 * MINUTE_MS);

    expect(await store.load(record.key)).toBeUndefined();
    expect(await store.deleteExpired()).toBe(0);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  it('goes on by itself at its pace until the application closes', async () => {
    await stored(-1);
    const self = new FileSessionStore({ directory: directory.path, clock, purgeEvery: 5 });
    const isEmptyLater = async () => {
      clock.advance(10);
      expect(markers()).toEqual([]);
    };
    await self.onModuleInit();
    await eventually(isEmptyLater);
    await stored(-1);
    await eventually(isEmptyLater);
    await self.onModuleDestroy();
    const purges = jest.spyOn(Purge.prototype, 'run');
    clock.advance(MINUTE_MS);
    expect(purges).not.toHaveBeenCalled();
    purges.mockRestore();
  });

  it('says nothing when another process has removed the folder', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const purges = jest.spyOn(Purge.prototype, 'run');
    const self = new FileSessionStore({ directory: directory.path, clock, purgeEvery: 5 });
    await self.onModuleInit();
    await directory.remove();
    purges.mockClear();
    await eventually(async () => {
      clock.advance(10);
      expect(purges.mock.calls.length).toBeGreaterThan(2);
    });
    await self.onModuleDestroy();

    expect(warnings).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});

describe('Drafts', () => {
  const directory = storeDirectory();
  const drafts = join(directory.path, 'drafts');

  afterAll(() => directory.remove());

  it('of a process that died are removed at the start, and those of one that is writing are not', async () => {
    await new FileSessionStore({ directory: directory.path }).onModuleInit();
    for (const name of ['dead', 'writing']) {
      mkdirSync(join(drafts, name));
      writeFileSync(join(drafts, name, 'data'), '');
    }
    const before = Date.now() / 1_000 - 11 * 60;
    utimesSync(join(drafts, 'dead'), before, before);
    await new FileSessionStore({ directory: directory.path }).onModuleInit();

    expect(readdirSync(drafts)).toEqual(['writing']);
  });
});
