import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { SessionModule, Sessions } from 'nestjs-sessions';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { moduleOf } from '../../support/app.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';

const databases = await findDatabases();

describe.each(databases)('A user id that no store keeps, on %s', (_, database) => {
  let dataSource: DataSource;
  let table: string;
  let app: INestApplicationContext;
  let sessions: Sessions;

  beforeAll(async () => {
    dataSource = await connectTo(database);
    table = await createTable(dataSource);
    const store = new TypeOrmSessionStore(dataSource, { table, purgeEvery: false });
    const root = moduleOf({ imports: [SessionModule.forRoot({ store })] });
    app = await NestFactory.createApplicationContext(root, { logger: false });
    sessions = app.get(Sessions);
  });
  afterAll(async () => {
    await app.close();
    await dropTable(dataSource, table);
    await dataSource.destroy();
    await database.stop();
  });

  describe.each(['a\0b', '\0', 'a\ud800'])('as %j,', (userId) => {
    it('is refused where it is assigned, and the session can still be saved', async () => {
      const session = sessions.open<{ cart: number }>();
      expect(() => (session.userId = userId)).toThrow(
        expect.objectContaining({ code: 'SESSION_VALUE_UNSUPPORTED' }),
      );
      session.set('cart', 1);
      await session.save();
      expect(session.status).toBe('live');
    });

    it('has no sessions to list or to end', async () => {
      expect(await sessions.listByUser(userId)).toEqual([]);
      expect(await sessions.revokeAll(userId)).toBe(0);
    });
  });

  it('is not mistaken for one that is kept', async () => {
    const session = sessions.open();
    session.userId = 'a b \u0001 é 𝄞';
    await session.save();
    expect(await sessions.listByUser('a b \u0001 é 𝄞')).toHaveLength(1);
  });
});
