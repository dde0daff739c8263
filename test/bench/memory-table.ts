import { MeasuredProcess } from './measured-process.js';
import { MEMORY_SUBJECTS, type MemorySubjectName } from './memory-subjects.js';
import type { MemoryReport } from './messages.js';
import { table } from './table.js';

/** Measures the memory stores, one process each, and lays the figures out as a table. */
export async function memoryTable(): Promise<string> {
  const rows: string[][] = [];
  for (const name of MEMORY_SUBJECTS) rows.push(row(name, await report(name)));
  return table(
    ['memory store', 'bytes/session', 'filling', 'of it GC', 'expiring', 'of it GC', 'freed'],
    rows,
  );
}

async function report(name: MemorySubjectName): Promise<MemoryReport> {
  const process = MeasuredProcess.start(
    'memory.js',
    [name],
    ['--expose-gc', '--max-old-space-size=4096'],
  );
  const told = await process.told('memory');
  await process.stop();
  return told;
}

function row(name: string, { bytesPerSession, freedShare, filling, expiring }: MemoryReport) {
  return [
    name,
    bytesPerSession.toFixed(0),
    ...[filling, expiring].flatMap(({ longestTurnMs, longestDelayMs, longestCollectionMs }) => [
      `${Math.max(longestTurnMs, longestDelayMs).toFixed(1)} ms`,
      `${longestCollectionMs.toFixed(1)} ms`,
    ]),
    `${(freedShare * 100).toFixed(0)} %`,
  ];
}
