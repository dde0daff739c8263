/** The program of a process that is killed while it writes. It reports what was answered, and what must not be seen. */
import { setImmediate } from 'node:timers/promises';
import type { LiveRecord } from 'nestjs-sessions';
import { FileSessionStore } from 'nestjs-sessions/file';
import { systemClock } from '../../../lib/core/options/clock.js';
import { newSessionId, storeKeyOf } from '../../../lib/core/record/session-id.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { contentOf, isWhole, LIFE_MS, type Report } from './crash-reports.js';

const [directory, userId, ...shared] = process.argv.slice(2) as [string, string, ...string[]];
const store = new FileSessionStore({ directory, purgeEvery: false });

function report(...line: Report): void {
  // The parent may be gone first.
  if (process.connected) process.send!(line);
}

async function loaded(key: string): Promise<LiveRecord | undefined> {
  const record = await store.load(key);
  if (record && !isWhole(record)) report('torn', key, 0);
  return record as LiveRecord | undefined;
}

/** Counts up what all processes count up. */
async function countUp(key: string): Promise<never> {
  for (;;) {
    const record = await loaded(key);
    if (!record) {
      report('lost', key, 0);
      await setImmediate();
      continue;
    }
    const n = Number(record.data.n) + 1;
    const next = nextRecord(record, { data: contentOf(n) });
    if ((await store.save(next, record.revision)) === 'saved') report('saved', key, n);
  }
}

/** Stores sessions of the user that no other process knows, and ends every other one. */
async function comeAndGo(): Promise<never> {
  for (;;) {
    const [stays, goes] = [newRecord(), newRecord()];
    await Promise.all([store.create(stays), store.create(goes)]);
    report('created', stays.key, 0);
    await store.delete(goes.key);
    report('deleted', goes.key, 0);
  }
}

function newRecord(): LiveRecord {
  const expiresAt = Date.now() + LIFE_MS;
  const data = contentOf(0);
  const key = storeKeyOf(newSessionId());
  const life = { expiresAt, absoluteExpiresAt: expiresAt };
  return sampleRecord(systemClock, { key, userId, data, ...life });
}

process.on('disconnect', () => process.exit());
await Promise.all([...shared.map(countUp), comeAndGo()]);
