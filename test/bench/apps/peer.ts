import fastifyCookie from '@fastify/cookie';
import fastifySession, { type FastifySessionOptions } from '@fastify/session';
import { Controller, Get, type INestApplication, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import expressSession, { type Store } from 'express-session';
import type { Place } from '../place.js';
import { benchStore } from '../stores/bench-store.js';
import type { Adapter } from '../subjects.js';
import { type Answer, answer, PROFILE, type Visit } from './answers.js';
import type { BenchApp } from './bench-app.js';

/** What the handlers need of express-session and @fastify/session, which is alike in both. */
interface PeerRequest {
  session: Partial<Visit> & { regenerate(callback: (error?: unknown) => void): void };
}

@Controller()
class PeerController {
  @Get('untouched')
  untouched(): Answer {
    return answer('hello');
  }

  @Get('read')
  async read(@Req() { session }: PeerRequest): Promise<Answer> {
    return answer(session.profile?.name);
  }

  @Get('write')
  async write(@Req() { session }: PeerRequest): Promise<Answer> {
    const visits = (session.visits ?? 0) + 1;
    session.visits = visits;
    return answer(visits);
  }

  @Get('login')
  async login(@Req() request: PeerRequest): Promise<Answer> {
    const { profile } = request.session;
    await regenerate(request);
    if (profile) request.session.profile = profile;
    request.session.user = 'ada';
    return answer('ada');
  }

  @Get('new')
  visitNew(@Req() { session }: PeerRequest): Answer {
    session.profile = PROFILE;
    return answer('welcome');
  }
}

function regenerate({ session }: PeerRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    session.regenerate((error) =>
      error === undefined || error === null ? resolve() : reject(error),
    );
  });
}

class PeerModule {}

const SECRET = 'a secret for measuring, of more than 32 characters';
const COOKIE = { secure: false, httpOnly: true, sameSite: 'lax', path: '/' } as const;
const ON = { express: useExpressSession, fastify: useFastifySession } as const;

export async function peerApp(adapter: Adapter, place: Place): Promise<BenchApp> {
  const store = await (await benchStore(place.store)).peer?.(place);
  return {
    module: { module: PeerModule, controllers: [PeerController] },
    use: (app) => ON[adapter](app, store && { store }),
  };
}

async function useExpressSession(app: INestApplication, store?: { store: Store }): Promise<void> {
  app.use(
    expressSession({
      name: 'sid',
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: COOKIE,
      ...store,
    }),
  );
}

async function useFastifySession(app: INestApplication, store?: { store: Store }): Promise<void> {
  const fastify = app as NestFastifyApplication;
  await fastify.register(fastifyCookie);
  await fastify.register(fastifySession, {
    cookieName: 'sid',
    secret: SECRET,
    saveUninitialized: false,
    rolling: false,
    cookie: COOKIE,
    // The same at run time; the types differ over cookies without an age.
    ...(store as FastifySessionOptions | undefined),
  });
}
