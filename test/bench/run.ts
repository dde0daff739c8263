import { cpuTable } from './cpu-table.js';
import { memoryTable } from './memory-table.js';
import { parseBenchOptions } from './options.js';
import { sqlTable } from './sql-table.js';

const options = parseBenchOptions(process.argv.slice(2));

for (const adapter of options.adapters) {
  heading(
    `CPU microseconds per request on ${adapter}: median (minimum) of ${options.rounds} rounds of ${options.requestsPerRound} requests; ratios are medians too. "again" is bare Nest a second time: how it differs is noise.`,
  );
  console.log(await cpuTable(adapter, options));
}
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

function heading(text: string): void {
  console.log(`\n${text}\n`);
}
