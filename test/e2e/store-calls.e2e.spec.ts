import { Controller, Get } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';

type Values = { n: number; m: number };

@Controller()
class Routes {
  @Get('untouched')
  untouched() {
    return 'done';
  }

  @Get('asked-for')
  askedFor(@Session() session: Session<Values>) {
    return typeof session;
  }

  @Get('read')
  async read(@Session() session: Session<Values>) {
    return { n: await session.get('n'), m: await session.get('m') };
  }

  @Get('write')
  async write(@Session() session: Session<Values>) {
    session.set('n', ((await session.get('n')) ?? 0) + 1);
    session.set('m', 1);
    return 'done';
  }

  @Get('same')
  same(@Session() session: Session<Values>) {
    session.set('m', 1);
    return 'done';
  }

  @Get('login')
  async login(@Session() session: Session<Values>) {
    session.set('m', 2);
    session.rotate();
    return 'done';
  }

  @Get('logout')
  async logout(@Session() session: Session<Values>) {
    await session.destroy();
  }
}

describe.each(adapters)('A request on %s', (_, make) => {
  const store = new CountingStore();
  let app: TestApp;
  let visitor: Browser;

  beforeAll(async () => {
    app = await startApp(make(), { controllers: [Routes], session: { store } });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    visitor = app.browser();
    await visitor.get('/write');
    store.takeCalls();
  });

  it.each([
    ['/untouched', ''],
    ['/asked-for', ''],
    ['/read', 'load'],
    ['/write', 'load save'],
    ['/same', 'load'],
    ['/login', 'load create save'],
    ['/logout', 'load delete'],
    ['/nowhere', ''],
  ])('to %s makes the store calls "%s"', async (path, calls) => {
    await visitor.get(path);

    expect(store.takeCalls()).toBe(calls);
  });

  it.each([
    ['/untouched', ''],
    ['/read', ''],
    ['/write', 'create'],
    ['/login', 'create'],
    ['/logout', ''],
  ])('of a new visitor to %s makes the store calls "%s"', async (path, calls) => {
    await app.browser().get(path);

    expect(store.takeCalls()).toBe(calls);
  });

  it('one of 100 to read makes a touch at most', async () => {
    for (let read = 0; read < 100; read++) await visitor.get('/read');
    const calls = store.takeCalls().split(' ');

    expect(calls.filter((call) => call === 'load')).toHaveLength(100);
    expect(calls.filter((call) => call !== 'load').length).toBeLessThanOrEqual(1);
  });
});
