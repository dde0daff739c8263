import { Controller, Get } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Session } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp, type TestAppSettings } from '../support/app.js';
import { Log } from '../support/log.js';

const PLAIN = { host: 'shop.example' };
const PROXIED = { ...PLAIN, 'x-forwarded-proto': 'https' };

@Controller()
class WriteController {
  @Get('write')
  write(@Session() session: Session<{ name: string }>) {
    session.set('name', 'Ada');
  }
}

const behindProxy: readonly [string, () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter({ trustProxy: true })],
];

const log = new Log();
let host: TestApp;

afterEach(() => host.close());

describe.each(adapters)('A Secure cookie, on %s', (_, makeAdapter) => {
  it('over plain HTTP is logged once as a warning, with the remedy', async () => {
    await start(makeAdapter());
    await write(PLAIN);
    const [warning, ...others] = log.takeLines();
    expect(warning).toMatch(/^warn The session cookie is Secure .*`trust proxy`.*`trustProxy`/);
    expect(others).toEqual([]);
    await write(PLAIN);
    expect(log.takeLines()).toEqual([]);
  });

  it.each(['localhost', 'localhost:3000', 'shop.localhost', '127.0.0.1:80', '[::1]:3000'])(
    'over plain HTTP to %s causes no warning in a browser, or for a client that sends cookies',
    async (name) => {
      await start(makeAdapter());
      await write({ host: name, 'sec-fetch-site': 'none' });
      await write({ host: name, cookie: 'theme=dark' });
      expect(log.takeLines()).toEqual([]);
    },
  );

  it('over plain HTTP to localhost is logged once for a client other than a browser, with the remedy', async () => {
    await start(makeAdapter());
    for (let n = 0; n < 2; n++) await fetch(`${host.origin}/write`);
    const [warning, ...others] = log.takeLines();
    expect(warning).toMatch(
      /^warn The session cookie is Secure .*supertest.*`cookie: \{ secure: process\.env\.NODE_ENV !== 'test' \}`/,
    );
    expect(others).toEqual([]);
  });

  it('causes a warning if the proxy is not trusted', async () => {
    await start(makeAdapter());
    await write(PROXIED);
    expect(log.takeLines()).toHaveLength(1);
  });
});

describe.each(behindProxy)('Behind a trusted proxy, on %s', (_, makeAdapter) => {
  it('a Secure cookie causes no warning over HTTPS', async () => {
    await start(makeAdapter(), trustProxy);
    await write(PROXIED);
    expect(log.takeLines()).toEqual([]);
  });

  it('a Secure cookie causes a warning over plain HTTP', async () => {
    await start(makeAdapter(), trustProxy);
    await write({ ...PLAIN, 'x-forwarded-proto': 'http' });
    expect(log.takeLines()).toHaveLength(1);
  });
});

describe.each(adapters)('A cookie that is not Secure, on %s', (_, makeAdapter) => {
  it('causes no warning', async () => {
    await start(makeAdapter(), { session: { cookie: { secure: false } } });
    await write(PLAIN);
    expect(log.takeLines()).toEqual([]);
  });
});

async function start(
  adapter: AbstractHttpAdapter,
  { prepare, ...settings }: TestAppSettings = {},
): Promise<void> {
  host = await startApp(adapter, {
    ...settings,
    controllers: [WriteController],
    prepare: async (app) => {
      app.useLogger(log);
      await prepare?.(app);
    },
  });
  log.takeLines();
}

/** Express is told afterwards, Fastify when it is made. */
const trustProxy: TestAppSettings = {
  prepare: (app) => {
    if (app.getHttpAdapter().getType() === 'express') {
      (app as NestExpressApplication).set('trust proxy', true);
    }
  },
};

async function write(headers: Record<string, string>): Promise<void> {
  const { setCookie } = await host.browser().get('/write', { headers });
  expect(setCookie).toHaveLength(1);
}
