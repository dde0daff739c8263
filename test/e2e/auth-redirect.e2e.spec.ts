import { Controller, Get, Query, Redirect } from '@nestjs/common';
import { safeRedirectPath, SessionAuthModule, SignedIn } from 'nestjs-sessions/auth';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { controllers } from './auth/account.controller.js';
import { Accounts } from './auth/accounts.js';

const PAGE = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

@Controller()
class PagesController {
  @Get('pages/:name')
  @SignedIn()
  page() {
    return 'page';
  }

  /** What a handler does once the user has signed in. */
  @Get('back')
  @Redirect()
  back(@Query('next') next: unknown) {
    return { url: safeRedirectPath(next, '/home'), statusCode: 303 };
  }
}

const makers = adapters.flatMap(([name, make]) =>
  ['/sign-in', '/sign-in?theme=dark', 'https://accounts.example/'].map(
    (page) => [page, name, make] as const,
  ),
);

describe.each(makers)('A redirect to %s, on %s', (signInPage, _, makeAdapter) => {
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      imports: [SessionAuthModule.forRoot({ users: Accounts, redirectTo: signInPage })],
      controllers: [PagesController, ...controllers],
      providers: [Accounts],
    });
  });
  beforeEach(() => {
    browser = host.browser();
  });
  afterAll(() => host.close());

  function leadsTo(next: string): string {
    return `${signInPage}${signInPage.includes('?') ? '&' : '?'}next=${encodeURIComponent(next)}`;
  }

  it('answers a request for a page, and names that page as next', async () => {
    const { status, headers } = await browser.get('/pages/a%20b?x=1&y=%2F', PAGE);

    expect([status, headers.location]).toEqual([303, leadsTo('/pages/a%20b?x=1&y=%2F')]);
    expect(headers.vary).toBe('Cookie');
  });

  it('does not answer a request for data', async () => {
    const answer = await browser.get('/orders', { headers: { accept: 'application/json' } });

    expect([answer.status, answer.headers.location]).toEqual([401, undefined]);
    expect((await browser.get('/orders')).status).toBe(401);
  });

  it('does not name the target of a form as next', async () => {
    const { status, headers } = await browser.post('/orders', PAGE);

    expect([status, headers.location]).toEqual([303, signInPage]);
  });

  it.each(['/pages/%5Cevil.example', '/pages/%0d%0aLocation:x', '/pages/%2500'])(
    'names none to %s, which is no plain path',
    async (path) => {
      const { status, headers } = await browser.get(path, PAGE);

      expect([status, headers.location]).toEqual([303, signInPage]);
    },
  );
});

describe.each(adapters)('The next parameter, on %s', (_, makeAdapter) => {
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    const auth = SessionAuthModule.forRoot({ users: Accounts, redirectTo: '/sign-in' });
    host = await startApp(makeAdapter(), { controllers: [PagesController], imports: [auth] });
    browser = host.browser();
  });
  afterAll(() => host.close());

  async function follow(query: string): Promise<string | undefined> {
    return (await browser.get(`/back?${query}`)).headers.location;
  }

  it('leads to the page that was redirected', async () => {
    const { headers } = await browser.get('/pages/caf%C3%A9?x=1&y=%2F', PAGE);
    const [, query = ''] = headers.location!.split('?');

    expect(await follow(query)).toBe('/pages/caf%C3%A9?x=1&y=%2F');
  });

  it.each([
    'next=https://evil.example',
    'next=//evil.example',
    'next=/%5Cevil.example',
    'next=%2F%2Fevil.example',
    'next=%5C%5Cevil.example',
    'next=/%09/evil.example',
    'next=/%252Fevil.example',
    'next=/%255Cevil.example',
    'next=%20//evil.example',
    'next=/x%0d%0aSet-Cookie:%20a=b',
    'next=/orders&next=//evil.example',
    'next[]=/orders',
    'next[toString]=/orders',
    'next=javascript:alert(1)',
    '',
  ])('by ?%s leads home', async (query) => {
    expect(await follow(query)).toBe('/home');
  });
});
