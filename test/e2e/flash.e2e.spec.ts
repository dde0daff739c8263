import { BadRequestException, Controller, Get, Post, Redirect } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';

@Controller()
class ArticleController {
  @Post('save')
  @Redirect('/', 303)
  save(@Session() session: Session) {
    session.flash('notice', 'Saved');
  }

  @Post('refuse')
  refuse(@Session() session: Session) {
    session.flash('notice', 'Not saved');
    throw new BadRequestException();
  }

  @Post('fail')
  fail(@Session() session: Session) {
    session.flash('notice', 'Saved');
    throw new Error('out of order');
  }

  @Get()
  async show(@Session() session: Session) {
    return { notices: await session.takeFlash('notice') };
  }
}

describe.each(adapters)('A flashed value, on %s', (_, makeAdapter) => {
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { controllers: [ArticleController] });
  });
  beforeEach(() => {
    browser = host.browser();
  });
  afterAll(() => host.close());

  async function shown(): Promise<unknown> {
    return (await browser.get('/')).json();
  }

  it('is returned once, to the page that a form redirects to', async () => {
    expect((await browser.post('/save')).status).toBe(303);

    expect(await shown()).toEqual({ notices: ['Saved'] });
    expect(await shown()).toEqual({ notices: [] });
  });

  it('is kept when the request is refused, and not when it fails', async () => {
    expect((await browser.post('/refuse')).status).toBe(400);
    expect((await browser.post('/fail')).status).toBe(500);

    expect(await shown()).toEqual({ notices: ['Not saved'] });
  });

  it('can be taken without a session', async () => {
    expect((await browser.get('/')).setCookie).toEqual([]);
  });
});
