import { Injectable, Module } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { type SessionEvent, SessionListener, Sessions } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { ListedStore } from '../support/listed-store.js';
import { Log } from '../support/log.js';
import { AccountController } from './attacks/account.controller.js';
import { COOKIE, valueIn } from './attacks/victim.js';

@Injectable()
class AuditTrail {
  readonly events: SessionEvent[] = [];
  problem: Error | undefined;
}

@Module({ providers: [AuditTrail], exports: [AuditTrail] })
class AuditModule {}

@Injectable()
class AuditListener extends SessionListener {
  constructor(private readonly trail: AuditTrail) {
    super();
  }

  override onSessionEvent(event: SessionEvent): void {
    this.trail.events.push(event);
    if (this.trail.problem) throw this.trail.problem;
  }
}

const SECRET = 'a secret of more than 32 characters';
const RENEW_EVERY_MS = 10 * 60_000;

describe.each(adapters)('Events, on %s', (_, makeAdapter) => {
  let host: TestApp;
  let trail: AuditTrail;
  let browser: Browser;
  let store: ListedStore;
  const log = new Log();

  beforeEach(async () => {
    store = new ListedStore();
    host = await start([SECRET]);
    trail = host.app.get(AuditTrail);
    browser = host.browser();
  });
  afterEach(() => host.close());

  it('cover a session from login to logout, under one fingerprint', async () => {
    await browser.get('/note/cart');
    await browser.get('/login/ann');
    await browser.get('/who');
    await browser.get('/logout');

    expect(told()).toEqual(['rotated ann', 'signed-in ann', 'signed-out ann']);
    expect(new Set(trail.events.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(trail.events[0]!.at).toBeLessThanOrEqual(Date.now());
  });

  it('include the revocation of a session', async () => {
    await browser.get('/login/ann');
    await host.app.get(Sessions).revokeAll('ann');

    expect(told()).toEqual(['signed-in ann', 'revoked ann']);
    expect(trail.events[1]!.fingerprint).toBe(trail.events[0]!.fingerprint);
  });

  it('include the eviction of a session by the limit per user', async () => {
    await browser.get('/login/ann');
    await host.browser().get('/login/ann');

    expect(told()).toEqual(['signed-in ann', 'evicted ann', 'signed-in ann']);
    expect(trail.events[1]!.fingerprint).toBe(trail.events[0]!.fingerprint);
  });

  it('include the expiry of a session, once, since its cookie is cleared', async () => {
    await browser.get('/login/ann');
    await age(idIn(browser), { expiresAt: Date.now() });
    const { setCookie, text } = await browser.get('/who');
    await browser.get('/who');

    expect(told()).toEqual(['signed-in ann', 'expired ann']);
    expect(trail.events[1]!.fingerprint).toBe(trail.events[0]!.fingerprint);
    expect(setCookie[0]).toMatch(/Max-Age=0/i);
    expect(JSON.parse(text)).toEqual({ userId: null, note: null });
  });

  it('include the expiry again for each request that presents the id', async () => {
    await browser.get('/login/ann');
    await age(idIn(browser), { expiresAt: Date.now() });
    await Promise.all([browser.get('/who'), browser.get('/who')]);

    expect(told()).toEqual(['signed-in ann', 'expired ann', 'expired ann']);
  });

  it('include the same for an id that the application opens', async () => {
    await browser.get('/login/ann');
    const sessions = host.app.get(Sessions);
    await age(idIn(browser), { expiresAt: Date.now() });
    await sessions.open(idIn(browser)).load();
    await sessions.open('A'.repeat(43)).load();

    expect(told()).toEqual(['signed-in ann', 'expired ann', 'unknown-id nobody']);
  });

  it('include an id without a session, but not a malformed one', async () => {
    await browser.get('/login/ann');
    await host.app.get(Sessions).revokeAll('ann');
    trail.events.length = 0;
    await browser.get('/who');
    await host.browser().get('/who', { headers: { cookie: `${COOKIE}=nonsense` } });

    expect(told()).toEqual(['unknown-id nobody']);
  });

  it('include a renewal, and a replayed id after its grace period', async () => {
    await browser.get('/login/ann');
    const thief = browser.clone();
    await age(idIn(browser), { issuedAt: Date.now() - RENEW_EVERY_MS });
    await browser.get('/who');
    await browser.get('/who');
    await age(idIn(thief), { renewedTo: { salt: 'any', until: Date.now() } });
    await thief.get('/who');

    expect(told()).toEqual(['signed-in ann', 'renewed ann', 'replayed-id nobody']);
  });

  it('carry the request that caused them, as its adapter exposes it', async () => {
    const headers = { 'user-agent': 'a browser' };
    await browser.get('/login/ann', { headers });
    const other = browser.clone();
    await browser.get('/logout', { headers });
    await other.get('/who', { headers });
    other.close();

    const requests = trail.events.map(({ request }) => request as IncomingMessage);
    expect(requests.map(({ headers }) => headers['user-agent'])).toEqual(
      trail.events.map(() => 'a browser'),
    );
    expect(trail.events.map(({ type }) => type)).toEqual(['signed-in', 'signed-out', 'unknown-id']);
    // What Express and Fastify add to Node's own request.
    for (const request of requests) expect(request).toHaveProperty('protocol', 'http');
  });

  it('carry no request outside of requests', async () => {
    const session = host.app.get(Sessions).open();
    session.userId = 'ann';
    await session.save();

    expect(trail.events.map(({ request }) => request)).toEqual([undefined]);
  });

  it('hold no id and no store key', async () => {
    await browser.get('/login/ann');
    const id = idIn(browser);
    await browser.get('/login/ann');
    const events = JSON.stringify(trail.events);

    for (const secret of [id, idIn(browser), ...store.keys]) expect(events).not.toContain(secret);
  });

  it('have the same fingerprints on servers with the same secret, and no others', async () => {
    await browser.get('/login/ann');
    const same = await start([SECRET]);
    const other = await start(['another secret of more than 32 characters', SECRET]);
    for (const app of [same, other]) {
      const session = app.app.get(Sessions).open(idIn(browser));
      session.userId = undefined;
      await session.save();
      session.userId = 'ann';
      await session.save();
    }
    const [mine, its, foreign] = [host, same, other].map(
      ({ app }) => app.get(AuditTrail).events[0]!.fingerprint,
    );
    await same.close();
    await other.close();

    expect(its).toBe(mine);
    expect(foreign).not.toBe(mine);
  });

  it('continue, and so does the request, when the listener fails', async () => {
    trail.problem = new Error('no room in the log');
    const { status } = await browser.get('/login/ann');

    expect(status).toBe(200);
    expect(log.takeLines().join()).toMatch(/listener failed at a "signed-in" event.*no room/);
  });

  function start(secrets: readonly string[]): Promise<TestApp> {
    return startApp(makeAdapter(), {
      session: {
        store,
        listener: AuditListener,
        imports: [AuditModule],
        cookie: { secrets },
        lifetime: { renewEvery: RENEW_EVERY_MS },
        limits: { perUser: { max: 1 } },
      },
      controllers: [AccountController],
      prepare: (app) => app.useLogger(log),
    });
  }

  function told(): string[] {
    return trail.events.map(({ type, userId = 'nobody' }) => `${type} ${userId}`);
  }

  /** The id in a signed cookie. */
  function idIn(from: Browser): string {
    return valueIn(from).split('.')[0]!;
  }

  async function age(id: string, change: object): Promise<void> {
    const record = (await store.load(storeKeyOf(id)))!;
    await store.save({ ...record, ...change }, record.revision);
  }
});
