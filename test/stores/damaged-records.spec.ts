import { Redis } from 'ioredis';
import { decodeRecord, openSession, type SessionRecord, type SessionStore } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import {
  damaged,
  live,
  LIVE_FIELDS,
  marker,
  MARKER_FIELDS,
  isNewer,
  textOf,
  VALUES_OF_NOTE,
} from '../support/damaged-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../support/databases.js';
import { findRedis } from '../support/servers.js';

/** A store whose records can be written past it. */
interface Subject {
  readonly store: SessionStore & { listByUser(userId: string): Promise<unknown> };
  /** Puts this text in place of that of a record. */
  replace(record: SessionRecord, text: string): Promise<unknown>;
  close(): Promise<unknown>;
}

const databases = await findDatabases();
const redis = await findRedis();

/** Those whose texts others can write. The memory store makes its texts itself, and reads them as these do. */
const subjects: readonly [string, () => Promise<Subject>][] = [
  ...(redis ? [['Redis', inRedis] as [string, () => Promise<Subject>]] : []),
  ...databases.map(
    ([name, database]) => [name, () => inDatabase(database)] as [string, () => Promise<Subject>],
  ),
];

afterAll(async () => {
  for (const [, database] of databases) await database.stop();
  await redis?.stop();
});

describe.each(subjects)('A damaged record in %s', (_, open) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());

  it.each([
    ...LIVE_FIELDS.map((field) => ['live', field, live] as const),
    ...MARKER_FIELDS.map((field) => ['marker', field, marker] as const),
  ])(
    'is served or absent, and never an error: %s %j',
    async (_kind, field, make) => {
      for (const value of VALUES_OF_NOTE.filter((one) => !isNewer(field, one))) {
        const id = newSessionId();
        const stored = make(storeKeyOf(id));
        const record = decodeRecord(JSON.stringify(stored));
        await subject.store.create(record);
        await subject.replace(record, textOf(damaged(stored, field, value)));
        const session = openSession<Record<string, unknown>>(subject.store, id);
        const found = await Promise.all([session.all(), session.takeFlash('notice')]);
        expect([value, found.every((part) => typeof part === 'object')]).toEqual([value, true]);
        await subject.store.listByUser('ann');
        await subject.store.delete(record.key);
      }
    },
    300_000,
  );
});

async function inRedis(): Promise<Subject> {
  const client = new Redis(redis!.url);
  const namespace = `damaged-${newSessionId()}`;
  const store = new RedisSessionStore({ client, namespace });
  const replace = ({ key }: SessionRecord, text: string) =>
    client.hset(`${namespace}:${key}`, 'record', text);
  return { store, replace, close: async () => client.disconnect() };
}

async function inDatabase(address: Parameters<typeof connectTo>[0]): Promise<Subject> {
  const dataSource = await connectTo(address);
  const table = await createTable(dataSource);
  const { driver } = dataSource;
  const [text, key] = [0, 1].map((n) => driver.createParameter('', n));
  const update = `UPDATE ${table} SET record = ${text} WHERE ${driver.escape('key')} = ${key}`;
  return {
    store: new TypeOrmSessionStore(dataSource, { table, purgeEvery: false }),
    replace: (record, value) => dataSource.query(update, [value, record.key]),
    close: async () => {
      await dropTable(dataSource, table);
      await dataSource.destroy();
    },
  };
}
