import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { UseGuards } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import {
  csrfToken,
  CsrfGuard,
  CurrentUser,
  RequirePermission,
  SessionAuthModule,
  SignedIn,
} from 'nestjs-sessions/auth';
import { io, type Socket } from 'socket.io-client';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { Log } from '../support/log.js';
import { controllers } from './auth/account.controller.js';
import { type Account, Accounts, Permissions } from './auth/accounts.js';

@Resolver()
class AccountResolver {
  @Query(() => String)
  @SignedIn()
  name(@CurrentUser() account: Account) {
    return account.name;
  }

  @Query(() => String)
  greeting(@CurrentUser() account: Account | undefined) {
    return account?.name ?? 'stranger';
  }

  @Query(() => String)
  @RequirePermission('orders.read')
  orders() {
    return 'all';
  }

  @Query(() => String)
  token(@Session() session: Session) {
    return csrfToken(session);
  }

  @Mutation(() => String)
  @UseGuards(CsrfGuard)
  change() {
    return 'changed';
  }
}

@WebSocketGateway({ transports: ['websocket'] })
class AccountGateway {
  @SubscribeMessage('name')
  @SignedIn()
  name(@CurrentUser() account: Account) {
    return account.name;
  }

  @SubscribeMessage('greeting')
  greeting(@CurrentUser() account: Account | undefined) {
    return account?.name ?? 'stranger';
  }

  @SubscribeMessage('change')
  @UseGuards(CsrfGuard)
  change() {
    return 'changed';
  }
}

describe.each(adapters)('The signed-in user, on %s', (_, makeAdapter) => {
  const accounts = new Accounts();
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
        SessionAuthModule.forRoot({
          users: accounts,
          permissions: Permissions,
          redirectTo: '/sign-in',
        }),
      ],
      controllers,
      providers: [AccountResolver, AccountGateway, { provide: Accounts, useValue: accounts }],
      prepare: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
    });
  });
  beforeEach(() => {
    accounts.reset();
    browser = host.browser();
  });
  afterAll(() => host.close());

  describe('in GraphQL', () => {
    async function ask(query: string, headers: Record<string, string> = {}): Promise<unknown> {
      const answer = await browser.post('/graphql', {
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = answer.json<{
        data: object | null;
        errors?: readonly [{ readonly message: string }];
      }>();
      return errors ? errors[0].message : data;
    }

    it('is required by the guard and loaded once for all fields', async () => {
      const html = { accept: 'text/html,application/json' };
      expect(await ask('{ name }', html)).toBe('Sign in first.');
      expect(await ask('{ greeting }')).toEqual({ greeting: 'stranger' });

      await browser.post('/sign-in/ann');
      accounts.loads = 0;
      expect(await ask('{ name greeting }')).toEqual({ name: 'ANN', greeting: 'ANN' });
      expect(accounts.loads).toBe(1);
    });

    it('may do what the permissions allow', async () => {
      await browser.post('/sign-in/ann');
      expect(await ask('{ orders }')).toBe('This takes a permission that you do not have.');

      accounts.all.get('ann')!.permissions = ['orders.read'];
      expect(await ask('{ orders }')).toEqual({ orders: 'all' });
    });

    it('sends the CSRF token in the header', async () => {
      const { token } = (await ask('{ token }')) as { token: string };
      expect(await ask('mutation { change }')).toMatch(/^The CSRF token/);
      expect(await ask('mutation { change }', { 'x-csrf-token': token })).toEqual({
        change: 'changed',
      });
    });
  });

  describe('in a gateway', () => {
    const sockets: Socket[] = [];
    afterEach(() => {
      for (const socket of sockets.splice(0)) socket.disconnect();
    });

    function connect(): Socket {
      const socket = io(host.origin, {
        forceNew: true,
        transports: ['websocket'],
        extraHeaders: { cookie: browser.cookieHeader },
      });
      sockets.push(socket);
      return socket;
    }

    /** The answer to a message, or the exception in its place. */
    function ask(socket: Socket, message: string): Promise<unknown> {
      return new Promise((resolve) => {
        socket.once('exception', resolve);
        socket.emit(message, undefined, resolve);
      });
    }

    it('is the current user of the handshake’s session', async () => {
      await browser.post('/sign-in/ann');
      const socket = connect();
      expect(await ask(socket, 'name')).toBe('ANN');
      expect(await ask(socket, 'greeting')).toBe('ANN');

      accounts.all.delete('ann');
      expect(await ask(socket, 'name')).toMatchObject({ status: 'error' });
      expect(await ask(socket, 'greeting')).toBe('stranger');
    });

    it('can change nothing behind the CsrfGuard, which logs the reason', async () => {
      await browser.post('/sign-in/ann');
      const log = new Log();
      host.app.useLogger(log);
      const answer = await ask(connect(), 'change');
      host.app.useLogger(false);
      expect(answer).toMatchObject({ status: 'error', message: 'Internal server error' });
      expect(log.takeLines().join()).toContain('check the `Origin` header of the handshake');
    });

    it('is undefined without a session', async () => {
      const socket = connect();
      expect(await ask(socket, 'name')).toMatchObject({ status: 'error' });
      expect(await ask(socket, 'greeting')).toBe('stranger');
    });
  });
});
