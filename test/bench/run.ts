import { bloatTable } from './bloat-table.js';
import { commandsTable, hasCommands } from './commands-table.js';
import { cpuTable } from './cpu-table.js';
import { hotTable } from './hot-table.js';
import { measureAll } from './measurements.js';
import { memoryTable } from './memory-table.js';
import { parseBenchOptions } from './options.js';
import { openPlace, type Place } from './place.js';
import { sqlTable } from './sql-table.js';
import type { Adapter, StoreName } from './subjects.js';

const options = parseBenchOptions(process.argv.slice(2));

for (const store of options.stores) await printStore(store);
if (options.hasMemory) {
  heading(
    'A million sessions of 200 bytes: heap per session, the longest pauses of the event loop while they are added and while 100,000 of them expire, and how much of their memory is free then.',
  );
  console.log(await memoryTable());
}
if (options.hasSql) {
  heading(
    'Microseconds per operation of TypeOrmSessionStore, beside the same statements over the bare drivers: CPU of this process, which the target is for, and until the answer, which is mostly the disk of the server.',
  );
  console.log(await sqlTable(options.rounds));
}
if (options.hasBloat) {
  heading(
    'Ten rounds, three minutes apart, that move the expiry of 2,000 sessions of 1 kB, half of them by a touch and half by a save, on PostgreSQL without vacuum.',
  );
  console.log(await bloatTable());
}
if (options.hasHot) {
  await printHot('memory', options.delayMs);
  await printHot('redis', 0);
  await printHot('redis', options.delayMs);
  await printHot('postgres', 0);
}

async function printHot(store: StoreName, delayMs: number): Promise<void> {
  const place = await openPlace(store);
  if (!place) return;
  heading(
    `One session in ${store}, each call ${delayMs} ms slower, that many writers increment at once, and again when all are answered.`,
  );
  try {
    console.log(await hotTable(place, delayMs, 16 * options.rounds));
  } finally {
    await place.remove();
  }
}

async function printStore(store: StoreName): Promise<void> {
  const place = await openPlace(store);
  if (!place) return;
  try {
    for (const adapter of options.adapters) await printAdapter(adapter, place);
  } finally {
    await place.remove();
  }
}

async function printAdapter(adapter: Adapter, place: Place): Promise<void> {
  const { rounds, requestsPerRound } = options;
  const measurements = await measureAll(adapter, place, options);
  heading(
    `CPU microseconds per request on ${adapter}, sessions in ${place.store}: median (minimum) of ${rounds} rounds of ${requestsPerRound} requests; ratios are medians too. "again" is bare Nest a second time: how it differs is noise.`,
  );
  console.log(cpuTable(adapter, place.store, measurements));
  if (!hasCommands(place.store)) return;
  heading(`Commands that a request sends to ${place.store}.`);
  console.log(commandsTable(adapter, measurements));
}

function heading(text: string): void {
  console.log(`\n${text}\n`);
}
