import type { DataSource } from 'typeorm';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';
import { describeFourAtOnce } from '../../support/describe-four-at-once.js';
import { fourProcesses } from '../../support/workers/worker-processes.js';

const databases = await findDatabases();

describe.each(databases)('From four processes, on %s', (name, { type, url, stop }) => {
  let dataSource: DataSource;
  let table: string;

  beforeAll(async () => {
    dataSource = await connectTo({ type, url });
    table = await createTable(dataSource);
  });

  afterAll(async () => {
    await dropTable(dataSource, table);
    await dataSource.destroy();
    await stop();
  });

  describeFourAtOnce(`TypeOrmSessionStore on ${name}`, () =>
    fourProcesses('typeorm', { type, url, table }),
  );
});
