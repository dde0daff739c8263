import { MemorySessionStore } from 'nestjs-sessions/memory';
import type { BenchStore } from './bench-store.js';

export const memory: BenchStore = {
  ours: () => new MemorySessionStore({ maxSessions: 10_000_000, maxBytes: 4 * 1024 ** 3 }),
};
