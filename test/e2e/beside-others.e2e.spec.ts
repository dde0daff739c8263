import { createServer, type RequestListener } from 'node:http';
import { Controller, Get, type INestApplication, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cookies from '@fastify/cookie';
import { Authenticator } from '@fastify/passport';
import fastifySession from '@fastify/session';
import expressSession from 'express-session';
import type { FastifyRequest } from 'fastify';
import { Session, SessionMiddleware, SessionModule } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { moduleOf, startApp } from '../support/app.js';
import { Browser } from '../support/browser.js';

const SECRET = 'a secret of thirty-two characters';

interface Visits {
  visits?: number;
}

@Controller()
class BothController {
  @Get('both')
  async both(@Session() ours: Session<Visits>, @Req() { session: theirs }: { session: Visits }) {
    theirs.visits = (theirs.visits ?? 0) + 10;
    return { ours: await ours.update('visits', (n = 0) => n + 1), theirs: theirs.visits };
  }

  @Get('ours')
  async ours(@Session() session: Session<Visits>) {
    return { visits: await session.update('visits', (n = 0) => n + 1) };
  }
}

async function useFastifySession(app: INestApplication): Promise<void> {
  const fastify = app as NestFastifyApplication;
  await fastify.register(cookies as never);
  await fastify.register(fastifySession, {
    secret: SECRET,
    saveUninitialized: false,
    cookie: { secure: false },
  });
}

function useExpressSession(app: INestApplication): void {
  app.use(expressSession({ secret: SECRET, resave: false, saveUninitialized: false }));
}

describe.each([
  ['express-session', () => new ExpressAdapter(), useExpressSession, 'connect.sid'],
  ['@fastify/session', () => new FastifyAdapter(), useFastifySession, 'sessionId'],
])('%s in the same application', (_, makeAdapter, prepare, cookie) => {
  it('keeps request.session, and @Session() is ours', async () => {
    const host = await startApp(makeAdapter(), { controllers: [BothController], prepare });
    const browser = host.browser();
    expect((await browser.get('/both')).json()).toEqual({ ours: 1, theirs: 10 });
    expect((await browser.get('/both')).json()).toEqual({ ours: 2, theirs: 20 });
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-sid', cookie]);
    await host.close();
  });
});

@Controller()
class FastifyPassportController {
  @Get('who')
  who(@Session() session: Session<Visits>, @Req() request: FastifyRequest) {
    session.set('visits', 1);
    return { isSignedIn: request.isAuthenticated(), user: request.user ?? null };
  }

  @Get('login')
  async login(@Req() request: FastifyRequest) {
    await request.logIn({ id: 'ann' } as never);
  }
}

describe('@fastify/passport in the same application', () => {
  /** Lets in whoever has anything in the session at the place of a user. */
  function usePassport(app: INestApplication): Promise<unknown> {
    const passport = new Authenticator();
    passport.registerUserSerializer((user) => Promise.resolve(user));
    passport.registerUserDeserializer((user) => Promise.resolve(user));
    const fastify = app as NestFastifyApplication;
    return Promise.resolve(fastify.register(passport.initialize())).then(() =>
      fastify.register(passport.secureSession()),
    );
  }

  it('lets no stranger in, and signs in by the session of its own', async () => {
    const host = await startApp(new FastifyAdapter(), {
      controllers: [FastifyPassportController],
      prepare: async (app) => {
        await useFastifySession(app);
        await usePassport(app);
      },
    });
    const browser = host.browser();
    expect((await browser.get('/who')).json()).toEqual({ isSignedIn: false, user: null });
    await browser.get('/login');
    expect((await browser.get('/who')).json()).toEqual({ isSignedIn: true, user: { id: 'ann' } });
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-sid', 'sessionId']);
    await host.close();
  });

  it('does not take ours for its own: without another session it refuses to boot', async () => {
    const started = startApp(new FastifyAdapter(), {
      controllers: [FastifyPassportController],
      prepare: async (app) => {
        await app.init();
        await usePassport(app);
      },
    });
    await expect(started).rejects.toThrow(/'session'/);
  });
});

describe('An Express application that a function calls, without a server', () => {
  it('has sessions through SessionMiddleware', async () => {
    const app = await NestFactory.create(
      moduleOf({
        imports: [SessionModule.forRoot({ store: new MemorySessionStore() })],
        controllers: [BothController],
      }),
      new ExpressAdapter(),
      { logger: false },
    );
    app.use(app.get(SessionMiddleware).use);
    await app.init();
    const server = createServer(app.getHttpAdapter().getInstance() as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = new Browser(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    expect((await browser.get('/ours')).json()).toEqual({ visits: 1 });
    expect((await browser.get('/ours')).json()).toEqual({ visits: 2 });
    browser.close();
    await new Promise((resolve) => server.close(resolve));
    await app.close();
  });
});
