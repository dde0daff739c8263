import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import flash from 'connect-flash';
import { parse } from 'cookie';
import type { Request, RequestHandler } from 'express';
import expressSession from 'express-session';
import grant from 'grant';
import { PassportSessionMiddleware } from 'nestjs-sessions/auth';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import {
  doubleSubmit,
  ExpressHabitsController,
  synchronised,
} from './auth/express-habits.controller.js';

const SECRET = 'a secret of thirty-two characters';

const middlewares: [string, (app: INestApplication) => RequestHandler][] = [
  [
    'express-session',
    () => expressSession({ secret: SECRET, resave: false, saveUninitialized: true }),
  ],
  ['PassportSessionMiddleware', (app) => app.get(PassportSessionMiddleware).use],
];

/** One and the same application on both: what the first of them does is what is expected of the other. */
describe.each(middlewares)(
  'The request.session of PassportSessionMiddleware, over %s',
  (_, middlewareOf) => {
    let host: TestApp;
    let browser: Browser;

    beforeAll(async () => {
      host = await startApp(new ExpressAdapter(), {
        controllers: [ExpressHabitsController],
        providers: [PassportSessionMiddleware],
        prepare: (app) => {
          app.use(middlewareOf(app), flash(), readCookies);
          app.use('/csrf-csrf', doubleSubmit.doubleCsrfProtection);
          app.use('/csrf-sync', synchronised.csrfSynchronisedProtection);
          app.use(
            (grant as unknown as typeof grant.default).express({
              defaults: { origin: 'http://127.0.0.1', transport: 'session', state: true },
              github: { key: 'a key', secret: 'a secret' },
            }),
          );
        },
      });
    });
    beforeEach(() => {
      browser = host.browser();
    });
    afterAll(() => host.close());

    async function json(path: string): Promise<unknown> {
      const { status, text } = await browser.get(path);
      expect(status).toBe(200);
      return text === '' ? undefined : JSON.parse(text);
    }

    it('keeps a value pushed onto a list that was just assigned', async () => {
      await json('/cart?item=milk');
      expect(await json('/cart?item=tea')).toEqual({ items: ['milk', 'tea'] });
    });

    it('keeps a nested change made through a variable', async () => {
      await json('/visits');
      expect(await json('/visits')).toEqual({ n: 2 });
    });

    it.each([
      ['by an interceptor after the handler', '/late', { n: 12 }],
      ['right before res.json()', '/sent', { n: 21 }],
      ['between res.write() and res.end()', '/streamed', { n: 31 }],
    ])('keeps what is changed within a value %s', async (_where, path, expected) => {
      await json('/visits');
      await json(path);
      expect(await json('/visits')).toEqual(expected);
    });

    it('keeps the first message of connect-flash, and returns it once', async () => {
      await json('/flash');
      expect(await json('/flashed')).toEqual(['Cart saved']);
      expect(await json('/flashed')).toEqual([]);
    });

    it('reloads, and discards unsaved changes', async () => {
      await json('/visits');
      expect(await json('/reload')).toEqual({ results: [], visits: { n: 1 } });
      expect(await json('/visits')).toEqual({ n: 2 });
    });

    it('calls the callback of save without an error', async () => {
      expect(await json('/save')).toEqual({ results: [] });
      expect(await json('/visits')).toEqual({ n: 8 });
    });

    it('has a touch method that returns the session', async () => {
      expect(await json('/touch')).toEqual({ isItself: true });
    });

    it('persists by cookie.maxAge, in a cookie that outlives the browser', async () => {
      const { setCookie } = await browser.get('/remember');
      expect(setCookie.join()).toMatch(/expires=|max-age=/i);
      expect(await json('/cookie')).toEqual({ hours: 1, original: 1 });
    });

    it('has no maxAge otherwise', async () => {
      await json('/visits');
      expect(await json('/cookie')).toEqual({ hours: null, original: null });
    });

    it('has one id for a visitor from the first request on, as session.id and sessionID', async () => {
      const first = await json('/ids');
      const { id } = first as { id: string };
      expect(first).toEqual({ id, sessionID: id });
      expect(await json('/ids')).toEqual(first);
    });

    it('has another id and no values at once after regenerate', async () => {
      const before = await json('/ids');
      expect(await json('/regenerate')).toEqual({ results: [], isNew: true });
      expect(await json('/ids')).not.toEqual(before);
    });

    it('has none of its values after destroy', async () => {
      await json('/visits');
      expect(await json('/destroy')).toEqual({ results: [] });
      expect(await json('/visits')).toEqual({ n: 1 });
    });

    it.each(['/csrf-csrf', '/csrf-sync'])(
      '%s knows the token that it gave a new visitor',
      async (path) => {
        const token = (await browser.get(path)).text;
        const answer = await browser.post(path, { headers: { 'x-csrf-token': token } });
        expect([answer.status, answer.text]).toEqual([201, 'done']);
      },
    );

    it.each(['/csrf-csrf', '/csrf-sync'])(
      '%s refuses the token of another visitor',
      async (path) => {
        const token = (await host.browser().get(path)).text;
        await browser.get(path);
        expect((await browser.post(path, { headers: { 'x-csrf-token': token } })).status).toBe(403);
      },
    );

    it('keeps the state of grant until the provider redirects back', async () => {
      const { status, headers } = await browser.get('/connect/github');
      expect([status, headers.location]).toEqual([302, expect.stringContaining('github.com')]);
      expect(await json('/granted')).toMatchObject({ provider: 'github' });
    });
  },
);

const readCookies = ((request: Request, _, next) => {
  request.cookies = parse(request.headers.cookie ?? '');
  next();
}) satisfies RequestHandler;
