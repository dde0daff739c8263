import { ManualClock } from 'nestjs-sessions/testing';
import { FileSessionStore } from 'nestjs-sessions/file';
import { revisionName, type State } from '../../../lib/stores/file/names.js';
import { SessionFolder } from '../../../lib/stores/file/session-folder.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import type { LiveRecord } from 'nestjs-sessions';
import { folderOf, storeDirectory, treeOf } from './store-directory.js';

/** A process that has looked and has written its data, and falls asleep before it moves the session on. */
async function lateWriter(path: string): Promise<{ wakeUp(): Promise<boolean> }> {
  const folder = new SessionFolder(path);
  const [state] = (await folder.list())!.states as [State];
  const dataName = (await folder.add('data of a late writer'))!;
  const next = { revision: revisionName('late'), dataName, expiresAt: state.expiresAt };
  return { wakeUp: () => folder.move(state, next) };
}

describe('A writer that comes late', () => {
  const clock = new ManualClock();
  const directory = storeDirectory();
  const store = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
  let record: LiveRecord;
  let late: { wakeUp(): Promise<boolean> };

  beforeEach(async () => {
    record = sampleRecord(clock);
    await store.create(record);
    late = await lateWriter(folderOf(directory.path, record.key));
  });

  afterAll(() => directory.remove());

  it('wins if nobody was faster', async () => {
    expect(await late.wakeUp()).toBe(true);
  });

  it('changes nothing after a save, and leaves nothing', async () => {
    const next = nextRecord(record);
    await store.save(next, record.revision);

    expect(await late.wakeUp()).toBe(false);
    expect(await store.load(record.key)).toEqual(next);
    expect(treeOf(folderOf(directory.path, record.key))).toHaveLength(2);
  });

  it('changes nothing after many saves', async () => {
    for (let n = 0; n < 5; n++) {
      const next = nextRecord(record);
      await store.save(next, record.revision);
      record = next;
    }

    expect(await late.wakeUp()).toBe(false);
    expect(await store.load(record.key)).toEqual(record);
  });

  it('revives nothing after a delete', async () => {
    await store.delete(record.key);

    expect(await late.wakeUp()).toBe(false);
    expect(await store.load(record.key)).toBeUndefined();
    expect(() => treeOf(folderOf(directory.path, record.key))).toThrow('ENOENT');
  });

  it('changes nothing in a session that was stored under the key since', async () => {
    await store.delete(record.key);
    const successor = sampleRecord(clock, { key: record.key });
    await store.create(successor);

    expect(await late.wakeUp()).toBe(false);
    expect(await store.load(record.key)).toEqual(successor);
  });

  it('revives nothing after the session has expired and was purged', async () => {
    clock.advance(120_000);
    await store.deleteExpired();

    expect(await late.wakeUp()).toBe(false);
    expect(await store.load(record.key)).toBeUndefined();
  });

  it('has its data kept while it may still win', async () => {
    const other = await lateWriter(folderOf(directory.path, record.key));
    await store.touch(record.key, record.expiresAt, record.revision);

    expect(await other.wakeUp()).toBe(true);
    expect(await late.wakeUp()).toBe(false);
    const listing = await new SessionFolder(folderOf(directory.path, record.key)).list();
    expect(listing!.others).toContain(listing!.states[0]!.dataName);
  });
});
