export { AddPurgeTime1795305600000 } from './add-purge-time.migration.js';
export { CreateSessions1795219200000 } from './create-sessions.migration.js';
export { sessionRecordEntity, type SessionRow } from './session-record.entity.js';
export type { SqlType } from './sql-type.js';
export { TypeOrmSessionStore } from './typeorm-session.store.js';
export type { TypeOrmSessionStoreOptions } from './typeorm-session-store-options.js';
