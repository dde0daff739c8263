import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { Controller, Get, Module, Req } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import expressSession from 'express-session';
import { type Answer, answer, PROFILE, type Visit } from './answers.js';

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

@Module({ controllers: [PeerController] })
export class PeerModule {}

const SECRET = 'a secret for measuring, of more than 32 characters';
const COOKIE = { secure: false, httpOnly: true, sameSite: 'lax', path: '/' } as const;

export function useExpressSession(app: NestExpressApplication): void {
  app.use(
    expressSession({
      name: 'sid',
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: COOKIE,
    }),
  );
}

export async function useFastifySession(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    cookieName: 'sid',
    secret: SECRET,
    saveUninitialized: false,
    rolling: false,
    cookie: COOKIE,
  });
}
