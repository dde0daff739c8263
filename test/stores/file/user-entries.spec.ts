import { jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveRecord } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { UserEntries } from '../../../lib/stores/file/user-entries.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { Barrier } from '../../support/barrier.js';
import { storeDirectory, treeOf } from './store-directory.js';

const MINUTE_MS = 60_000;

type Methods<T> = {
  [Name in keyof T]: T[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof T];

/** Stops the first call of a method before it begins, as if its process slept. */
function asleep<T extends object>(prototype: T, name: Methods<T> & string) {
  const [stopped, goOn] = [new Barrier(), new Barrier()];
  const original = prototype[name] as (...args: unknown[]) => Promise<unknown>;
  const spy = jest.spyOn(prototype as Record<string, typeof original>, name);
  spy.mockImplementationOnce(async function (this: unknown, ...args: unknown[]) {
    stopped.open();
    await goOn.reached;
    return original.apply(this, args);
  });
  return { stopped: stopped.reached, wakeUp: goOn.open };
}

/** Ends the process at the first call of a method: nothing of it happens, and nothing after it. */
function dies<T extends object>(prototype: T, name: Methods<T> & string): void {
  const spy = jest.spyOn(prototype as Record<string, () => Promise<unknown>>, name);
  spy.mockImplementationOnce(() => Promise.reject(new Error('died')));
}

describe('The entries of sessions on the lists of their users', () => {
  let clock: ManualClock;
  let directory: ReturnType<typeof storeDirectory>;
  let store: FileSessionStore;

  const stored = async (userId?: string): Promise<LiveRecord> => {
    const record = sampleRecord(clock, userId === undefined ? {} : { userId });
    await store.create(record);
    return record;
  };
  const givenTo = (previous: LiveRecord, user?: string): LiveRecord => {
    const { userId: _, ...rest } = nextRecord(previous);
    return user === undefined ? rest : { ...rest, userId: user };
  };
  const entries = () =>
    treeOf(join(directory.path, 'users')).filter((path) => path.split('/').length === 3);

  beforeEach(() => {
    clock = new ManualClock();
    directory = storeDirectory();
    store = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await directory.remove();
  });

  describe('when the process that removes one sleeps first', () => {
    it('spare a session that another writer has given back to the user', async () => {
      const anns = await stored('ann');
      const nobodys = givenTo(anns);
      const back = givenTo(nobodys, 'ann');
      const remover = asleep(UserEntries.prototype, 'remove');
      const taking = store.save(nobodys, anns.revision);
      await remover.stopped;
      await store.save(back, nobodys.revision);
      remover.wakeUp();
      await taking;

      expect(await store.listByUser('ann')).toEqual([back]);
      expect(entries()).toHaveLength(1);
    });

    it('spare a session that was stored under the key of one that was deleted', async () => {
      const ended = await stored('ann');
      const remover = asleep(UserEntries.prototype, 'remove');
      const deleting = store.delete(ended.key);
      await remover.stopped;
      const successor = sampleRecord(clock, { key: ended.key, userId: 'ann' });
      await store.create(successor);
      remover.wakeUp();
      await deleting;

      expect(await store.listByUser('ann')).toEqual([successor]);
      expect(entries()).toHaveLength(1);
    });

    it('spare a session that was stored under the key of one that was purged', async () => {
      const expired = await stored('ann');
      clock.advance(MINUTE_MS);
      const remover = asleep(UserEntries.prototype, 'remove');
      const purging = store.deleteExpired();
      await remover.stopped;
      const successor = sampleRecord(clock, { key: expired.key, userId: 'ann' });
      await store.create(successor);
      remover.wakeUp();
      await purging;

      expect(await store.listByUser('ann')).toEqual([successor]);
      expect(entries()).toHaveLength(1);
    });
  });

  it('belong to one writer each: a loser removes its own', async () => {
    const nobodys = await stored();
    const loser = asleep(SessionFolder.prototype, 'move');
    const losing = store.save(givenTo(nobodys, 'ann'), nobodys.revision);
    await loser.stopped;
    const winner = givenTo(nobodys, 'ann');
    await store.save(winner, nobodys.revision);
    loser.wakeUp();

    expect(await losing).toBe('conflict');
    expect(await store.listByUser('ann')).toEqual([winner]);
    expect(entries()).toHaveLength(1);
  });

  it('of a session whose key is taken meanwhile do not stay', async () => {
    const record = sampleRecord(clock, { userId: 'ann' });
    const loser = asleep(SessionFolder.prototype, 'take');
    const losing = store.create(record);
    await loser.stopped;
    await store.create(record);
    loser.wakeUp();

    expect(await losing).toBe(false);
    expect(await store.listByUser('ann')).toEqual([record]);
    expect(entries()).toHaveLength(1);
  });

  it('stay through a touch between the steps of a save', async () => {
    const nobodys = await stored();
    const writer = asleep(SessionFolder.prototype, 'move');
    const anns = givenTo(nobodys, 'ann');
    const saving = store.save(anns, nobodys.revision);
    await writer.stopped;
    await store.touch(nobodys.key, clock.now() + 2 * MINUTE_MS, nobodys.revision);
    writer.wakeUp();

    expect(await saving).toBe('saved');
    expect(await store.listByUser('ann')).toEqual([anns]);
    expect(entries()).toHaveLength(1);
  });

  describe('when a process dies', () => {
    it.each([
      ['before a new session is there', 'take', async () => store.create(anns())],
      ['before a session is given to a user', 'move', async () => give(await stored())],
    ] as const)('%s, lead nowhere, and go with the purge', async (_, step, write) => {
      await store.load(anns().key);
      const writing = (dies(SessionFolder.prototype, step), write());
      await expect(writing).rejects.toThrow('died');
      expect(entries()).toHaveLength(1);
      expect(await store.listByUser('ann')).toEqual([]);
      clock.advance(2 * MINUTE_MS);
      await store.deleteExpired();

      expect(entries()).toEqual([]);
      expect(readdirSync(join(directory.path, 'expiry'))).toEqual([]);
    });

    it('before a session is over, stay', async () => {
      const record = await stored('ann');
      dies(SessionFolder.prototype, 'end');
      await expect(store.delete(record.key)).rejects.toThrow('died');
      dies(SessionFolder.prototype, 'move');
      await expect(store.save(givenTo(record), record.revision)).rejects.toThrow('died');

      expect(await store.listByUser('ann')).toEqual([record]);
    });

    it('after a session is over that was put off, go with the purge', async () => {
      const record = await stored('ann');
      await store.touch(record.key, clock.now() + 2 * MINUTE_MS, record.revision);
      clock.advance(MINUTE_MS);
      await store.deleteExpired();
      dies(UserEntries.prototype, 'remove');
      await expect(store.delete(record.key)).rejects.toThrow('died');
      expect(await store.listByUser('ann')).toEqual([]);
      expect(entries()).toHaveLength(1);
      clock.advance(2 * MINUTE_MS);
      await store.deleteExpired();

      expect(entries()).toEqual([]);
    });

    const anns = () => sampleRecord(clock, { userId: 'ann' });
    const give = (nobodys: LiveRecord) => store.save(givenTo(nobodys, 'ann'), nobodys.revision);
  });
});

describe('Two touches at once', () => {
  it.each([
    ['earlier', 2, 3],
    ['later', 3, 2],
  ])('leave the later expiry where the one with the %s is late', async (_, slow, fast) => {
    const clock = new ManualClock();
    const directory = storeDirectory();
    const store = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
    const record = sampleRecord(clock);
    await store.create(record);
    const writer = asleep(SessionFolder.prototype, 'move');
    const at = (minutes: number) => clock.now() + minutes * MINUTE_MS;
    const touching = store.touch(record.key, at(slow), record.revision);
    await writer.stopped;
    expect(await store.touch(record.key, at(fast), record.revision)).toBe(true);
    writer.wakeUp();

    expect(await touching).toBe(true);
    expect(await store.load(record.key)).toEqual({ ...record, expiresAt: at(3) });
    jest.restoreAllMocks();
    await directory.remove();
  });
});
