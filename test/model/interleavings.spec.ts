import { MemorySessionStore } from 'nestjs-sessions/memory';
import { describeInterleavings, RUNS } from './describe-interleavings.js';

describeInterleavings('MemorySessionStore', {
  runs: RUNS,
  open: (clock) => new MemorySessionStore({ clock }),
});
