import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { LiveRecord } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { ManualClock } from 'nestjs-sessions/testing';
import { systemClock } from '../../../lib/core/options/clock.js';
import { newSessionId, storeKeyOf } from '../../../lib/core/record/session-id.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { startProgram } from '../../support/workers/worker-processes.js';
import { contentOf, isWhole, LIFE_MS, type Report } from './crash-reports.js';
import { folderOf, storeDirectory, treeOf } from './store-directory.js';

/** `npm run test:crash` asks for a thousand. */
const ROUNDS = Number(process.env.TEST_CRASH_ROUNDS ?? 12);
const PROCESSES = 4;
const SHARED = 6;
const MOST_REPORTS = 30;
const USER = 'ann';

/** What the writers say, taken down by the session. */
class Witness {
  readonly highest = new Map<string, number>();
  readonly created: string[] = [];
  readonly deleted: string[] = [];
  readonly wrong: Report[] = [];
  readonly #seen = new Set<string>();

  hear(report: Report): void {
    const [what, key, n] = report;
    if (what === 'created') this.created.push(key);
    else if (what === 'deleted') this.deleted.push(key);
    else if (what !== 'saved' || this.#isRepeated(key, n)) this.wrong.push(report);
    else this.highest.set(key, Math.max(n, this.highest.get(key) ?? 0));
  }

  /** Two saves that were both answered with one number: one of them is lost. */
  #isRepeated(key: string, n: number): boolean {
    const isKnown = this.#seen.has(`${key} ${n}`);
    this.#seen.add(`${key} ${n}`);
    return isKnown;
  }
}

/** Starts a writer, waits until it is in the middle of its work, and kills it; half of them are stopped before. */
async function round(args: readonly string[], witness: Witness, isStopped: boolean): Promise<void> {
  const writer = startProgram('test/stores/file/crash-writer.ts', ...args);
  const exit = once(writer, 'exit');
  writer.on('message', (report: Report) => witness.hear(report));
  await reports(writer, 1 + Math.floor(Math.random() * MOST_REPORTS));
  if (isStopped) {
    // The others go on meanwhile; then it wakes up in the middle of what it did, for a while.
    writer.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 50));
    writer.kill('SIGCONT');
    await reports(writer, 3);
  }
  writer.kill('SIGKILL');
  await exit;
}

function reports(writer: ChildProcess, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    writer.once('exit', () => reject(new Error('A writer ended by itself')));
    writer.on('message', () => --left === 0 && resolve());
  });
}

describe(`Processes that are killed while they write, ${ROUNDS} times`, () => {
  const directory = storeDirectory();
  const store = new FileSessionStore({ directory: directory.path, purgeEvery: false });
  const witness = new Witness();
  const expiresAt = Date.now() + LIFE_MS;
  const shared = Array.from({ length: SHARED }, () => storeKeyOf(newSessionId()));

  beforeAll(
    async () => {
      for (const key of shared) {
        const life = { expiresAt, absoluteExpiresAt: expiresAt };
        await store.create(sampleRecord(systemClock, { key, data: contentOf(0), ...life }));
      }
      const args = [directory.path, USER, ...shared];
      let rounds = 0;
      const lane = async () => {
        while (rounds++ < ROUNDS) await round(args, witness, rounds % 2 === 0);
      };
      await Promise.all(Array.from({ length: PROCESSES }, lane));
    },
    60_000 + ROUNDS * 2_000,
  );

  afterAll(() => directory.remove());

  it('lose nothing that was acknowledged, and leave whole records', async () => {
    const saved = [...witness.highest.values()].reduce((sum, n) => sum + n, 0);
    console.log(
      `Killed ${ROUNDS} times: ${saved} saves, ${witness.created.length} creates and ${witness.deleted.length} deletes were acknowledged.`,
    );
    expect(witness.wrong).toEqual([]);
    for (const key of shared) {
      const record = (await store.load(key)) as LiveRecord;
      expect(isWhole(record)).toBe(true);
      expect(record.data.n).toBeGreaterThanOrEqual(witness.highest.get(key)!);
    }
  });

  it('keep every session whose creation was acknowledged, and end what they acknowledged to end', async () => {
    const created = await Promise.all(witness.created.map((key) => store.load(key)));
    const deleted = await Promise.all(witness.deleted.map((key) => store.load(key)));

    expect(created.length).toBeGreaterThan(0);
    expect(created.every((record) => record && isWhole(record))).toBe(true);
    expect(deleted.filter(Boolean)).toEqual([]);
  });

  it('leave every session on the list of its user, and none that has ended', async () => {
    const listed = new Set((await store.listByUser(USER)).map(({ key }) => key));

    expect(witness.created.filter((key) => !listed.has(key))).toEqual([]);
    expect(witness.deleted.filter((key) => listed.has(key))).toEqual([]);
  });

  it('leave debris that the next save removes', async () => {
    for (const key of shared) {
      const record = (await store.load(key)) as LiveRecord;
      await store.save(nextRecord(record), record.revision);
      expect(treeOf(folderOf(directory.path, key))).toHaveLength(2);
    }
  });

  it(
    'leave nothing once all sessions have expired and were purged',
    async () => {
      const clock = new ManualClock(Date.now() + 2 * LIFE_MS);
      const later = new FileSessionStore({ directory: directory.path, clock, purgeEvery: false });
      await later.deleteExpired();

      const folders = treeOf(directory.path).filter((path) => !path.startsWith('drafts'));
      expect(folders.filter((path) => !/^\w+(\/\w{2})?$/.test(path))).toEqual([]);
    },
    20_000 + ROUNDS * 500,
  );
});
