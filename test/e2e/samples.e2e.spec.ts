import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { ownPostgres } from '../support/databases.js';
import { findRedis, missing } from '../support/servers.js';
import { blocksOf, exchangesIn, hasCurl, replay } from '../support/transcript.js';

/** Not sample/account, whose pages are for a browser: see test/browser. */
const samples = readdirSync('sample').filter((name) => /^\d\d-/.test(name));
const DEMO_PASSWORD = 'a password of this test';

interface Place {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The servers that samples need, and how a sample is told where they are. Undefined: there is none, as printed. */
const needs: Readonly<Record<string, () => Promise<Place | undefined>>> = {
  '05-redis': async () => {
    const redis = await findRedis();
    if (!redis) return undefined;
    const { hostname, port } = new URL(redis.url);
    return { environment: { REDIS_HOST: hostname, REDIS_PORT: port || '6379' }, stop: redis.stop };
  },
  '06-typeorm': async () => {
    const database = await ownPostgres();
    return database && { environment: { DATABASE_URL: database.url }, stop: database.stop };
  },
};

const places = new Map<string, Place | undefined>();
for (const [sample, find] of Object.entries(needs)) places.set(sample, await find());
const runnable = samples.filter((sample) => !(sample in needs) || places.get(sample));

const canReplay = (await hasCurl()) || missing('curl', 'there is no curl');
const describeReplay = canReplay ? describe : describe.skip;

afterAll(async () => {
  for (const place of places.values()) await place?.stop();
});

describe.each(runnable)('sample/%s', (sample) => {
  const { environment = {} } = places.get(sample) ?? {};
  let app: INestApplication;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-sessions-'));
    process.env.PORT = '0';
    process.env.DEMO_PASSWORD = DEMO_PASSWORD;
    Object.assign(process.env, environment);
    const log = console.log;
    console.log = () => undefined;
    ({ app } = (await import(`../../sample/${sample}/main.ts`)) as { app: INestApplication });
    console.log = log;
  });

  afterAll(async () => {
    delete process.env.PORT;
    delete process.env.DEMO_PASSWORD;
    for (const name of Object.keys(environment)) delete process.env[name];
    rmSync(folder, { recursive: true });
    await app.close();
  });

  describeReplay('asked by the commands of its README, as pasted', () => {
    it('answers as it says', async () => {
      const { port } = new URL(await app.getUrl());
      const exchanges = exchangesIn(`sample/${sample}/README.md`);

      expect(exchanges.length).toBeGreaterThan(1);
      for (const exchange of exchanges) {
        expect(await replay(exchange, folder, port)).toEqual(exchange);
      }
    });
  });

  it('stands in the list of samples', () => {
    expect(readFileSync('sample/README.md', 'utf8')).toContain(`[${sample}](${sample})`);
  });
});

describe('The README', () => {
  it('holds the exchange of the quick start', () => {
    expect(blocksOf('README.md', 'console')[0]).toBe(
      blocksOf('sample/01-quick-start/README.md', 'console')[0],
    );
  });
});
