import fastifyCookie from '@fastify/cookie';
import fastifySession, { type FastifySessionOptions } from '@fastify/session';
import { Controller, Get, type INestApplication, Param, Redirect, Req } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import expressSession from 'express-session';
import { promisify } from 'node:util';
import { moduleOf } from '../support/app.js';
import { Gate } from './gate.js';
import { PeerStore } from './peer-store.js';
import { type Running, runningOn } from './running.js';
import type { SlowStore } from './slow-store.js';

/** What the handlers need of the two libraries, which is alike in both. */
interface PeerRequest {
  readonly session: { [key: string]: unknown } & {
    destroy(callback: (error?: unknown) => void): void;
  };
}

function controllerWith(gate: Gate) {
  @Controller()
  class PeerController {
    @Get('set/:key')
    set(@Req() { session }: PeerRequest, @Param('key') key: string) {
      session[key] = 1;
      return 'done';
    }

    @Get('increment')
    increment(@Req() { session }: PeerRequest) {
      session.count = Number(session.count ?? 0) + 1;
      return 'done';
    }

    @Get('slow-write')
    async slowWrite(@Req() { session }: PeerRequest) {
      gate.isReached.open();
      await gate.isOpen.reached;
      session.late = 1;
      return 'done';
    }

    @Get('logout')
    async logout(@Req() { session }: PeerRequest) {
      await promisify((callback: (error?: unknown) => void) => session.destroy(callback))();
      return 'done';
    }

    @Get('redirect')
    @Redirect('/all')
    redirect(@Req() { session }: PeerRequest) {
      session.flash = 1;
    }

    @Get('all')
    all(@Req() { session }: PeerRequest) {
      const { cookie: _, ...values } = JSON.parse(JSON.stringify(session)) as { cookie: unknown };
      return values;
    }
  }
  return PeerController;
}

const SECRET = 'a secret for comparing, of more than 32 characters';
const COOKIE = { secure: false, httpOnly: true, sameSite: 'lax', path: '/' } as const;

/** Set up to save what has changed, and sessions that hold something. */
export function expressSessionApp(store: SlowStore): Promise<Running> {
  const gate = new Gate();
  const use = (app: INestApplication): void => {
    app.use(
      expressSession({
        name: 'sid',
        secret: SECRET,
        resave: false,
        saveUninitialized: false,
        cookie: COOKIE,
        store: new PeerStore(store),
      }),
    );
  };
  const module = moduleOf({ controllers: [controllerWith(gate)] });
  return runningOn(new ExpressAdapter(), module, gate, use);
}

/** Set up to save what has changed, and sessions that hold something. */
export function fastifySessionApp(store: SlowStore): Promise<Running> {
  const gate = new Gate();
  const options = {
    cookieName: 'sid',
    secret: SECRET,
    saveUninitialized: false,
    rolling: false,
    cookie: COOKIE,
    // The same at run time; the types differ over cookies without an age.
    store: new PeerStore(store) as unknown as NonNullable<FastifySessionOptions['store']>,
  };
  const use = async (app: INestApplication): Promise<void> => {
    const fastify = app as NestFastifyApplication;
    await fastify.register(fastifyCookie);
    await fastify.register(fastifySession, options);
  };
  const module = moduleOf({ controllers: [controllerWith(gate)] });
  return runningOn(new FastifyAdapter(), module, gate, use);
}
