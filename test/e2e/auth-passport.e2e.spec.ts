import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { AuthGuard, PassportModule, PassportSerializer, PassportStrategy } from '@nestjs/passport';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Request } from 'express';
import { Session } from 'nestjs-sessions';
import {
  csrfToken,
  PassportSessionMiddleware,
  SessionAuthModule,
  SignedIn,
  signIn,
} from 'nestjs-sessions/auth';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Answer, Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { COOKIE, valueIn } from './attacks/victim.js';
import { Accounts } from './auth/accounts.js';

type Visitor = Session<{ cart: string[]; messages: string[] }>;
type PassportRequest = Request & {
  session: Record<string, { items: string[] }>;
  user?: { readonly id: string };
};

const accounts = new Accounts();

@Injectable()
class LocalStrategy extends PassportStrategy(Strategy) {
  validate(username: string, password: string) {
    const account = accounts.all.get(username);
    if (!account || password !== 'secret') throw new UnauthorizedException();
    return account;
  }
}

@Injectable()
class Serializer extends PassportSerializer {
  override serializeUser({ id }: { id: string }, done: (error: null, id: string) => void) {
    done(null, id);
  }

  override deserializeUser(id: string, done: (error: null, user: unknown) => void) {
    done(null, accounts.all.get(id) ?? null);
  }
}

/** As Nest's documentation has it. */
@Injectable()
class LoginGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext) {
    await super.canActivate(context);
    await super.logIn(context.switchToHttp().getRequest<Request>());
    return true;
  }
}

class AuthenticatedGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    if (!context.switchToHttp().getRequest<Request>().isAuthenticated()) {
      throw new UnauthorizedException();
    }
    return true;
  }
}

@Controller()
class PassportController {
  @Post('login')
  @UseGuards(LoginGuard)
  login(@Req() { user }: PassportRequest) {
    return user?.id;
  }

  @Get('me')
  @UseGuards(AuthenticatedGuard)
  async me(@Req() { user }: PassportRequest, @Session() session: Visitor) {
    return { id: user?.id, userId: session.userId, isOurs: session instanceof Session };
  }

  @Post('login-with-message')
  never() {}

  @Post('logout')
  logout(@Req() request: PassportRequest) {
    return new Promise<string>((resolve, reject) => {
      request.logout((error: unknown) => {
        if (error) reject(error);
        else resolve(String(request.isAuthenticated()));
      });
    });
  }

  @Post('logout-and-fail')
  async logoutAndFail(@Req() request: PassportRequest) {
    await this.logout(request);
    throw new Error('out of order');
  }

  @Post('cart')
  fill(@Session() session: Visitor) {
    session.set('cart', ['tea']);
    session.flash('notice', 'added');
    return csrfToken(session);
  }

  @Get('all')
  async all(@Session() session: Visitor) {
    return { ...(await session.all()), notices: await session.takeFlash('notice') };
  }

  @Post('in-place')
  inPlace(@Req() { session }: PassportRequest, @Body('item') item: string) {
    session.basket ??= { items: [] };
    session.basket.items.push(item);
    delete session.cart;
  }

  @Post('unstorable')
  unstorable(@Req() { session }: PassportRequest) {
    Object.assign(session, { basket: { items: 1n }, card: 'x' });
  }

  @Post('destroy')
  destroy(@Req() request: PassportRequest) {
    return new Promise<void>((resolve, reject) => {
      (request.session as unknown as { destroy(done: (error?: Error) => void): void }).destroy(
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }
}

/** Has Passport leave a message, which it pushes onto a list in the session. */
const refusing = new Strategy((_name, _password, done) => done(null, false, { message: 'No' }));

const store = new CountingStore();
const CREDENTIALS = { username: 'ann', password: 'secret' };

function postJson(browser: Browser, path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return browser.post(path, { headers, body: JSON.stringify(body) });
}

describe.each([{ keepSessionInfo: false }, { keepSessionInfo: true }])(
  'Passport on Express, with %j',
  (options) => {
    let host: TestApp;
    let browser: Browser;

    @Module({
      imports: [PassportModule.register(options)],
      controllers: [PassportController],
      providers: [LocalStrategy, Serializer],
    })
    class PassportAppModule implements NestModule {
      configure(consumer: MiddlewareConsumer) {
        consumer
          .apply(PassportSessionMiddleware, passport.initialize(), passport.session())
          .forRoutes('{*path}');
        consumer
          .apply(passport.authenticate(refusing, { failureRedirect: '/', failureMessage: true }))
          .forRoutes('login-with-message');
      }
    }

    beforeAll(async () => {
      host = await startApp(new ExpressAdapter(), {
        session: { store },
        imports: [PassportAppModule],
      });
    });
    beforeEach(() => {
      accounts.reset();
      browser = host.browser();
    });
    afterEach(() => {
      store.before = () => undefined;
    });
    afterAll(() => host.close());

    async function seen(): Promise<unknown> {
      const answer = await browser.get('/me');
      return answer.status === 200 ? answer.json() : answer.status;
    }

    it('signs in a user with the password, and recognises the user from then on', async () => {
      expect(await seen()).toBe(401);
      expect((await postJson(browser, '/login', CREDENTIALS)).text).toBe('ann');

      expect(await seen()).toEqual({ id: 'ann', userId: 'ann', isOurs: true });
    });

    it('signs in nobody else, and starts no session', async () => {
      const wrong = { username: 'ann', password: 'guess' };
      const answer = await postJson(browser, '/login', wrong);

      expect([answer.status, answer.setCookie]).toEqual([401, []]);
      expect(await seen()).toBe(401);
    });

    it('gives the session a new id at the login, and makes the old one worthless', async () => {
      await browser.post('/cart');
      const planted = valueIn(browser);
      await postJson(browser, '/login', CREDENTIALS);
      expect(valueIn(browser)).not.toBe(planted);

      const signedIn = valueIn(browser);
      browser.jar.set(COOKIE, planted);
      expect(await seen()).toBe(401);
      browser.jar.set(COOKIE, signedIn);
      expect(await seen()).toMatchObject({ id: 'ann' });
    });

    it('empties the session at the login, unless keepSessionInfo is set', async () => {
      const token = (await browser.post('/cart')).text;
      await postJson(browser, '/login', CREDENTIALS);

      expect((await browser.get('/all')).json()).toEqual({
        ...(options.keepSessionInfo && { cart: ['tea'] }),
        notices: [],
      });
      expect((await browser.post('/cart')).text).not.toBe(token);
    });

    it('signs out the user, and makes the old id worthless', async () => {
      await postJson(browser, '/login', CREDENTIALS);
      const signedIn = valueIn(browser);
      expect((await browser.post('/logout')).text).toBe('false');
      expect(await seen()).toBe(401);

      browser.jar.set(COOKIE, signedIn);
      expect(await seen()).toBe(401);
    });

    it('signs out even if the request fails later', async () => {
      await postJson(browser, '/login', CREDENTIALS);
      expect((await browser.post('/logout-and-fail')).status).toBe(500);

      expect(await seen()).toBe(401);
    });

    it('signs out a user who no longer exists', async () => {
      await postJson(browser, '/login', CREDENTIALS);
      accounts.all.delete('ann');
      expect(await seen()).toBe(401);

      accounts.reset();
      expect(await seen()).toBe(401);
    });

    it('answers 503 and signs nobody in when the session cannot be stored', async () => {
      store.before = (operation) =>
        operation === 'create' ? Promise.reject(new Error('down')) : undefined;
      const answer = await postJson(browser, '/login', CREDENTIALS);

      expect([answer.status, answer.setCookie]).toEqual([503, []]);
    });

    it('answers 503 when the session cannot be loaded', async () => {
      await postJson(browser, '/login', CREDENTIALS);
      store.before = () => Promise.reject(new Error('down'));

      expect(await seen()).toBe(503);
    });

    it('shares values changed in place with @Session()', async () => {
      await browser.post('/cart');
      await postJson(browser, '/in-place', { item: 'milk' });
      await postJson(browser, '/in-place', { item: 'tea' });

      expect((await browser.get('/all')).json()).toEqual({
        basket: { items: ['milk', 'tea'] },
        notices: ['added'],
      });
    });

    it('answers 500 for a value that JSON cannot represent, and stores nothing', async () => {
      const { status, setCookie } = await postJson(browser, '/unstorable', {});
      expect({ status, setCookie }).toEqual({ status: 500, setCookie: [] });
    });

    it('leaves messages for the next page', async () => {
      for (let n = 0; n < 2; n++) {
        const answer = await postJson(browser, '/login-with-message', CREDENTIALS);
        expect([answer.status, answer.headers.location]).toEqual([302, '/']);
      }

      expect((await browser.get('/all')).json()).toMatchObject({ messages: ['No', 'No'] });
    });

    it('destroys a session by a callback', async () => {
      await postJson(browser, '/login', CREDENTIALS);
      expect((await browser.post('/destroy')).setCookie.join()).toMatch(/Max-Age=0/);
      expect(await seen()).toBe(401);
    });

    it('makes no store call for a visitor without a session', async () => {
      store.takeCalls();
      expect((await browser.get('/me')).setCookie).toEqual([]);
      expect(store.takeCalls()).toBe('');
    });
  },
);

/** What there is for Fastify, and works on Express as well: Passport checks the password and keeps nothing. */
@Controller()
class SignInController {
  @Post('login')
  @UseGuards(AuthGuard('local'))
  async login(@Req() { user }: PassportRequest, @Session() session: Session) {
    await signIn(session, user!, {
      credentialsStamp: accounts.stampOf(accounts.all.get(user!.id)!),
    });
  }

  @Get('me')
  @SignedIn()
  async me(@Session() session: Session) {
    return session.userId;
  }
}

describe.each(adapters)('A strategy of Passport before signIn, on %s', (_, makeAdapter) => {
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      imports: [PassportModule, SessionAuthModule.forRoot({ users: accounts })],
      controllers: [SignInController],
      providers: [LocalStrategy],
    });
  });
  beforeEach(() => {
    accounts.reset();
    browser = host.browser();
  });
  afterAll(() => host.close());

  it('signs in a user with the password', async () => {
    await postJson(browser, '/login', CREDENTIALS);
    expect((await browser.get('/me')).text).toBe('ann');
  });

  it('answers 401 to anybody else', async () => {
    const wrong = { username: 'ann', password: 'guess' };
    expect((await postJson(browser, '/login', wrong)).status).toBe(401);
    expect((await browser.get('/me')).status).toBe(401);
  });
});
