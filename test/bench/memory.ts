import { setImmediate as nextTurn } from 'node:timers/promises';
import { memorySubject, type MemorySubjectName } from './memory-subjects.js';
import { tell } from './messages.js';
import { pausesDuring } from './pauses.js';

const SESSIONS = 1_000_000;
const TO_EXPIRE = 100_000;
/** So few between two turns of the event loop that adding them is no pause by itself. */
const ADDED_PER_TURN = 200;

/** One store, filled and partly expired in a process of its own. */
const subject = memorySubject(process.argv[2] as MemorySubjectName);

const empty = heapBytes();
const filling = await pausesDuring(async () => {
  for (let added = 0; added < SESSIONS; added++) {
    if (added % ADDED_PER_TURN === 0) await nextTurn();
    await subject.add(added < TO_EXPIRE);
  }
});
const full = heapBytes();
const expiring = await pausesDuring(() => subject.expire());
tell({
  kind: 'memory',
  bytesPerSession: (full - empty) / SESSIONS,
  freedShare: (full - heapBytes()) / ((full - empty) * (TO_EXPIRE / SESSIONS)),
  filling,
  expiring,
});
process.disconnect();

function heapBytes(): number {
  global.gc?.();
  return process.memoryUsage().heapUsed;
}
