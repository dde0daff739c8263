export {
  describeSessionStore,
  type MadeStore,
  type StoreFactory,
  type StoreSuiteOptions,
} from './describe-session-store.js';
export { ManualClock } from './manual-clock.js';
export { seedSession, type SeedOptions } from './seed-session.js';
export type { TestRunner } from './store-promise.js';
