export type { FileSessionStoreOptions } from './file-session-store-options.js';
export { FileSessionStore } from './file-session.store.js';
