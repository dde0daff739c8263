import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Session, SessionModule, SessionStore, Sessions } from 'nestjs-sessions';
import { CurrentUser, SessionAuthModule, UserLoader } from 'nestjs-sessions/auth';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { seedSession } from 'nestjs-sessions/testing';

declare module 'nestjs-sessions' {
  interface SessionData {
    visits: number;
    cart: string[];
  }
}

@Injectable()
class Shop {
  constructor(private readonly sessions: Sessions) {}

  async firstItem(id: string): Promise<string | undefined> {
    const [first] = (await this.sessions.open(id).get('cart')) ?? [];
    return first;
  }
}

interface Account {
  readonly id: string;
}

@Injectable()
class Accounts extends UserLoader<Account> {
  override async load(id: string): Promise<Account | undefined> {
    return { id };
  }
}

@Controller()
class VisitsController {
  constructor(private readonly shop: Shop) {}

  @Get()
  async count(
    @Session() session: Session,
    @Session('cart') cart: readonly string[] | undefined,
    @CurrentUser() account: Account | undefined,
  ) {
    // @ts-expect-error -- no such key
    await session.get('carts');
    // @ts-expect-error -- no such value
    if (cart === null) session.set('cart', [1]);
    const visits = await session.update('visits', (n = 0) => n + 1);
    return { ...account, visits, first: session.id && (await this.shop.firstItem(session.id)) };
  }
}

@Module({
  imports: [
    SessionModule.forRoot({ store: MemorySessionStore, cookie: { secure: false } }),
    SessionAuthModule.forRoot({ users: Accounts }),
  ],
  controllers: [VisitsController],
  providers: [Shop],
})
class AppModule {}

/** Prints what a visitor is answered who has a cart, and then comes again. */
async function main(adapter: string | undefined): Promise<void> {
  const app = await NestFactory.create(
    AppModule,
    adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: ['error', 'warn'] },
  );
  await app.listen(0, '127.0.0.1');
  const seeded = await seedSession(app.get(SessionStore), {
    data: { cart: ['tea'] },
    userId: 'ann',
    cookie: { secure: false },
  });
  const answers: unknown[] = [];
  for (const cookie of [seeded, seeded]) {
    const answer = await fetch(await app.getUrl(), { headers: { cookie } });
    answers.push(await answer.json());
  }
  const stranger = await fetch(await app.getUrl());
  answers.push(await stranger.json(), stranger.headers.getSetCookie().length);
  console.log(JSON.stringify(answers));
  await app.close();
}

void main(process.argv[2]);
