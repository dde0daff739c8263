export type { MemorySessionStoreOptions } from './memory-session-store-options.js';
export { MemorySessionStore } from './memory-session.store.js';
