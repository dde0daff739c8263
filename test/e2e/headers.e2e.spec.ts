import { Controller, Get, Header, Res } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { rawOf, type Reply } from '../support/reply.js';

type Values = Session<{ name: string }>;

const OWN_COOKIES = ['own=1', 'other=2'];

@Controller()
class HeadersController {
  @Get('untouched')
  untouched(@Session() _session: Values) {
    return 'ok';
  }

  @Get('read')
  @Header('Cache-Control', 'public, max-age=60')
  read(@Session('name') name: string | undefined) {
    return { name };
  }

  @Get('read-origin')
  @Header('Vary', 'Origin')
  readByOrigin(@Session('name') name: string | undefined) {
    return { name };
  }

  @Get('read-cookie')
  @Header('Vary', 'Accept, cookie')
  readByCookie(@Session('name') name: string | undefined) {
    return { name };
  }

  @Get('read-any')
  @Header('Vary', '*')
  readByAnything(@Session('name') name: string | undefined) {
    return { name };
  }

  @Get('write')
  @Header('Cache-Control', 'public, max-age=60')
  write(@Session() session: Values) {
    session.set('name', 'Ada');
  }

  @Get('remember')
  remember(@Session() session: Values) {
    session.setLifetime({ afterInactivity: '7d' });
    session.set('name', 'Ada');
  }

  @Get('forget')
  forget(@Session() session: Values) {
    session.setLifetime('until-browser-closes');
  }

  @Get('rotate')
  rotate(@Session() session: Values) {
    session.rotate();
  }

  @Get('destroy')
  destroy(@Session() session: Values) {
    return session.destroy();
  }

  @Get('own-cookies')
  ownCookies(@Session() session: Values, @Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader('Set-Cookie', OWN_COOKIES);
    session.set('name', 'Ada');
  }
}

describe.each(adapters)('The headers of an answer, on %s', (_, makeAdapter) => {
  const controllers = [HeadersController];
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      controllers,
      session: { lifetime: { absoluteLifetime: '30d' } },
    });
  });
  afterAll(() => host.close());

  describe('Vary', () => {
    it.each([
      ['/untouched', undefined],
      ['/read', 'Cookie'],
      ['/write', 'Cookie'],
      ['/read-origin', 'Origin, Cookie'],
      ['/read-cookie', 'Accept, cookie'],
      ['/read-any', '*'],
    ])('of %s is %s', async (path, vary) => {
      const { headers } = await host.browser().get(path);
      expect(headers.vary).toBe(vary);
    });
  });

  describe('Cache-Control', () => {
    it('forbids storing an answer with a session cookie', async () => {
      const browser = host.browser();
      expect((await browser.get('/write')).headers['cache-control']).toBe('no-store');
      expect((await browser.get('/destroy')).headers['cache-control']).toBe('no-store');
    });

    it('is left to the application otherwise', async () => {
      const browser = host.browser();
      await browser.get('/write');
      expect((await browser.get('/write')).headers['cache-control']).toBe('public, max-age=60');
      expect((await browser.get('/read')).headers['cache-control']).toBe('public, max-age=60');
    });
  });

  describe('Set-Cookie', () => {
    const ISSUED = /^__Host-sid=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/;
    const CLEARED =
      '__Host-sid=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax';

    it('issues a cookie that ends with the browser', async () => {
      const { setCookie } = await host.browser().get('/write');
      expect(setCookie).toEqual([expect.stringMatching(ISSUED)]);
    });

    it('issues a cookie that outlives the browser to a session with a lifetime of its own', async () => {
      const browser = host.browser();
      const { setCookie } = await browser.get('/remember');
      expect(setCookie).toEqual([
        expect.stringMatching(
          /^__Host-sid=[\w-]{43}; Max-Age=(2592000|2591999); Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
      expect((await browser.get('/forget')).setCookie).toEqual([expect.stringMatching(ISSUED)]);
    });

    it('issues another cookie at a rotation', async () => {
      const browser = host.browser();
      const before = await browser.get('/write');
      const after = await browser.get('/rotate');
      expect(after.setCookie).toEqual([expect.stringMatching(ISSUED)]);
      expect(after.setCookie).not.toEqual(before.setCookie);
    });

    it('clears the cookie of a destroyed session with the same attributes', async () => {
      const browser = host.browser();
      await browser.get('/write');
      expect((await browser.get('/destroy')).setCookie).toEqual([CLEARED]);
    });

    it.each(['A'.repeat(43), 'malformed', ''])('clears the unknown id "%s"', async (id) => {
      const headers = { cookie: `__Host-sid=${id}` };
      expect((await host.browser().get('/read', { headers })).setCookie).toEqual([CLEARED]);
    });

    it('leaves an unknown id alone if the request does not use the session', async () => {
      const headers = { cookie: '__Host-sid=malformed' };
      expect((await host.browser().get('/untouched', { headers })).setCookie).toEqual([]);
    });

    it('sends the cookie of its own session only', async () => {
      const answers = [
        await host.browser().get('/own-cookies'),
        await host.browser().get('/own-cookies'),
      ];
      for (const { setCookie } of answers) {
        expect(setCookie).toEqual(['own=1', 'other=2', expect.stringMatching(ISSUED)]);
      }
      expect(OWN_COOKIES).toEqual(['own=1', 'other=2']);
    });
  });

  describe('Set-Cookie with other options', () => {
    it.each([
      {
        cookie: { secure: false, sameSite: 'strict' },
        issued: /^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
        cleared:
          'sid=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
      },
      {
        cookie: { domain: 'shop.example', path: '/', sameSite: 'none', partitioned: true },
        issued:
          /^__Secure-sid=[\w-]{43}; Domain=shop.example; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/,
        cleared:
          '__Secure-sid=; Max-Age=0; Domain=shop.example; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; SameSite=None',
      },
      {
        cookie: { name: 'visitor', secrets: ['s'.repeat(32)], path: '/write' },
        issued: /^visitor=[\w-]{43}\.[\w-]{43}; Path=\/write; HttpOnly; Secure; SameSite=Lax$/,
        cleared:
          'visitor=; Max-Age=0; Path=/write; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
      },
    ] as const)('issues and clears by $cookie', async ({ cookie, issued, cleared }) => {
      const other = await startApp(makeAdapter(), { controllers, session: { cookie } });
      const browser = other.browser();
      expect((await browser.get('/write')).setCookie).toEqual([expect.stringMatching(issued)]);
      expect((await browser.get('/destroy')).setCookie).toEqual([cleared]);
      await other.close();
    });
  });
});
