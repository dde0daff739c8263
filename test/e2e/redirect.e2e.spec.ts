import { Controller, Get, Redirect, Res } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { setTimeout as delay } from 'node:timers/promises';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { rawOf, type Reply } from '../support/reply.js';

type Flash = Session<{ flash: string }>;

/** So long, a browser that got its redirect too early would be first. */
const WRITE_MS = 200;

@Controller()
class RedirectController {
  @Get('decorator')
  @Redirect('/page')
  decorator(@Session() session: Flash) {
    session.set('flash', 'saved');
  }

  @Get('by-hand')
  byHand(@Session() session: Flash, @Res() reply: Reply) {
    session.set('flash', 'saved');
    rawOf(reply).writeHead(303, { Location: '/page' }).end();
  }

  @Get('rotating')
  @Redirect('/page')
  rotating(@Session() session: Flash) {
    session.rotate();
    session.set('flash', 'saved');
  }

  @Get('page')
  page(@Session('flash') flash: string | undefined) {
    return { flash };
  }
}

describe.each(adapters)('A redirect, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;

  beforeAll(async () => {
    store.before = async (operation) => {
      if (operation !== 'load') await delay(WRITE_MS);
    };
    host = await startApp(makeAdapter(), { session: { store }, controllers: [RedirectController] });
  });
  afterAll(() => host.close());

  it.each(['/decorator', '/by-hand'])(
    'of %s leads to a page that reads what was written before it',
    async (path) => {
      const browser = host.browser();
      expect(await follow(browser, path)).toEqual({ flash: 'saved' });
    },
  );

  it('that rotates the session leads to a page that reads it under the new id', async () => {
    const browser = host.browser();
    await browser.get('/decorator');
    const before = browser.cookieHeader;
    expect(await follow(browser, '/rotating')).toEqual({ flash: 'saved' });
    expect(browser.cookieHeader).not.toBe(before);
  });

  async function follow(browser: Browser, path: string): Promise<unknown> {
    const { headers } = await browser.get(path);
    return (await browser.get(headers.location!)).json();
  }
});
