import connectPgSimple from 'connect-pg-simple';
import expressSession from 'express-session';
import { Pool } from 'pg';
import { countCalls } from '../commands.js';
import { peerTable } from '../place.js';
import type { BenchStore } from './bench-store.js';
import { typeorm } from './typeorm.js';

const PgStore = connectPgSimple(expressSession);

export const postgres: BenchStore = {
  ...typeorm('postgres'),

  async peer({ url, name }) {
    const pool = new Pool({ connectionString: url });
    countCalls(pool, 'query');
    return new PgStore({ pool, tableName: peerTable(name), createTableIfMissing: true });
  },
};
