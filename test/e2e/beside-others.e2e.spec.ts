import { createServer, type RequestListener } from 'node:http';
import { Controller, Get, Req, Session as NestSession } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cookies from '@fastify/cookie';
import fastifySession from '@fastify/session';
import expressSession from 'express-session';
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

  @Get('nest')
  async nest(@NestSession() session: Session<Visits>) {
    return { visits: await session.update('visits', (n = 0) => n + 1) };
  }
}

/** express-session leaves alone a request that has a session, which might be its own. */
describe('express-session in the same application', () => {
  it('keeps request.session where that was emptied before, and @Session() is ours', async () => {
    const host = await startApp(new ExpressAdapter(), {
      controllers: [BothController],
      prepare: (app) => {
        app.use((request: { session: unknown }, _: unknown, next: () => void) => {
          request.session = undefined;
          next();
        });
        app.use(expressSession({ secret: SECRET, resave: false, saveUninitialized: false }));
      },
    });
    const browser = host.browser();
    expect((await browser.get('/both')).json()).toEqual({ ours: 1, theirs: 10 });
    expect((await browser.get('/both')).json()).toEqual({ ours: 2, theirs: 20 });
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-sid', 'connect.sid']);
    await host.close();
  });
});

describe('@fastify/session in the same application', () => {
  it('keeps request.session, and @Session() is ours', async () => {
    const host = await startApp(new FastifyAdapter(), {
      controllers: [BothController],
      prepare: async (app) => {
        const fastify = app as NestFastifyApplication;
        await fastify.register(cookies as never);
        await fastify.register(fastifySession, {
          secret: SECRET,
          saveUninitialized: false,
          cookie: { secure: false },
        });
      },
    });
    const browser = host.browser();
    expect((await browser.get('/both')).json()).toEqual({ ours: 1, theirs: 10 });
    expect((await browser.get('/both')).json()).toEqual({ ours: 2, theirs: 20 });
    expect([...browser.jar.keys()].sort()).toEqual(['__Host-sid', 'sessionId']);
    await host.close();
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
    expect((await browser.get('/nest')).json()).toEqual({ visits: 1 });
    expect((await browser.get('/nest')).json()).toEqual({ visits: 2 });
    browser.close();
    await new Promise((resolve) => server.close(resolve));
    await app.close();
  });
});
