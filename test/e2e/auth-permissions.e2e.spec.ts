import { Injectable, Module } from '@nestjs/common';
import { PermissionLoader, SessionAuthModule, UserLoader } from 'nestjs-sessions/auth';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { controllers } from './auth/account.controller.js';
import { Accounts, Permissions } from './auth/accounts.js';

@Module({ providers: [Accounts], exports: [Accounts] })
class AccountsModule {}

describe.each(adapters)('@RequirePermission(), on %s', (_, makeAdapter) => {
  let host: TestApp;
  let accounts: Accounts;
  let permissions: Permissions;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      imports: [
        AccountsModule,
        SessionAuthModule.forRoot({
          users: { useExisting: Accounts },
          permissions: Permissions,
          imports: [AccountsModule],
        }),
      ],
      controllers,
    });
    accounts = host.app.get(Accounts);
    permissions = host.app.get<Permissions>(PermissionLoader);
  });
  beforeEach(async () => {
    accounts.reset();
    browser = host.browser();
    await browser.post('/sign-in/ann');
    permissions.loads = 0;
  });
  afterAll(() => host.close());

  function allow(...names: string[]): void {
    accounts.all.get('ann')!.permissions = names;
  }

  async function statusOf(path: string): Promise<number> {
    return (await browser.get(path)).status;
  }

  it('answers 401 if nobody is signed in', async () => {
    await browser.post('/sign-out');
    expect(await statusOf('/orders/all')).toBe(401);
  });

  it('answers 403 if the user lacks a permission, and does not name it', async () => {
    allow('orders', 'orders.read.own', 'ORDERS.READ');
    const answer = await browser.get('/orders/all');

    expect(answer.json()).toEqual({
      statusCode: 403,
      message: 'This takes a permission that you do not have.',
      error: 'Forbidden',
    });
  });

  it('lets a permitted user in, with one load of user and permissions', async () => {
    allow('orders.read', 'orders.export');
    accounts.loads = 0;

    expect(await statusOf('/orders/exported')).toBe(200);
    expect([accounts.loads, permissions.loads]).toEqual([1, 1]);
  });

  it('loads no permissions if none is required', async () => {
    expect(await statusOf('/orders')).toBe(200);
    expect(permissions.loads).toBe(0);
  });

  it.each(['orders.read', 'orders.export'])(
    'twice on a handler asks for both: %s is not enough',
    async (name) => {
      allow(name);
      expect(await statusOf('/orders/exported')).toBe(403);
    },
  );

  it('on a class applies to each handler, in addition to its own', async () => {
    allow('admin');
    expect([await statusOf('/admin'), await statusOf('/admin/logs')]).toEqual([200, 403]);
    allow('admin', 'logs.read');
    expect(await statusOf('/admin/logs')).toBe(403);
    allow('logs.read', 'logs.search');
    expect(await statusOf('/admin/logs')).toBe(403);
    allow('admin', 'logs.read', 'logs.search');
    expect(await statusOf('/admin/logs')).toBe(200);
  });
});

describe.each(adapters)('SessionAuthModule, on %s', (_, makeAdapter) => {
  let host: TestApp | undefined;
  afterEach(() => host?.close());

  async function start(options: Parameters<typeof SessionAuthModule.forRoot>[0]): Promise<Browser> {
    host = await startApp(makeAdapter(), {
      imports: [SessionAuthModule.forRoot(options)],
      controllers,
      providers: [{ provide: Accounts, useExisting: UserLoader }],
    });
    const browser = host.browser();
    await browser.post('/sign-in/ann');
    return browser;
  }

  it.each([
    ['an instance', new Accounts()],
    ['a class', Accounts],
    ['a factory', { useFactory: () => Promise.resolve(new Accounts()) }],
    ['the name of a class', { useClass: Accounts }],
  ])('takes the loader of users as %s', async (__, users) => {
    const browser = await start({ users });
    expect((await browser.get('/orders')).json()).toMatchObject({ name: 'ANN' });
  });

  it('without a PermissionLoader fails only where a permission is required', async () => {
    const browser = await start({ users: Accounts });
    expect((await browser.get('/orders')).status).toBe(200);
    expect((await browser.get('/orders/all')).status).toBe(500);
  });
});

describe('SessionAuthModule.forRoot', () => {
  @Injectable()
  class NoLoader {}

  it.each<[string, object]>([
    ['users', {}],
    ['users', { users: new NoLoader() }],
    ['permissions', { users: Accounts, permissions: new NoLoader() }],
    ['redirectTo', { users: Accounts, redirectTo: '' }],
    ['SessionAuthModule.redirect', { users: Accounts, redirect: '/' }],
  ])('refuses a wrong %s', (name, options) => {
    expect(() => SessionAuthModule.forRoot(options as never)).toThrow(
      expect.objectContaining({
        code: 'SESSION_CONFIG_INVALID',
        message: expect.stringContaining(`\`${name}\``),
      }),
    );
  });
});
