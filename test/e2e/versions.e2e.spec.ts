import { Controller, Get } from '@nestjs/common';
import { Session, type SessionRecord, Sessions } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Answer, Browser } from '../support/browser.js';
import { Log } from '../support/log.js';
import { TextStore, type Version } from '../support/text-store.js';

type Cart = Session<{ pears: number }>;

@Controller()
class CartController {
  constructor(private readonly sessions: Sessions) {}

  @Get('login')
  async login(@Session() session: Cart) {
    session.userId = 'ann';
    session.rotate();
    await session.load();
    return session.all();
  }

  @Get('read')
  read(@Session() session: Cart) {
    return session.all();
  }

  @Get('blind')
  blind(@Session() session: Cart) {
    session.set('pears', 100);
  }

  @Get('more')
  async more(@Session() session: Cart) {
    session.set('pears', ((await session.get('pears')) ?? 0) + 1);
  }

  @Get('logout')
  logout(@Session() session: Cart) {
    return session.destroy();
  }

  @Get('revoke')
  revoke() {
    return this.sessions.revokeAll('ann');
  }
}

/** Counts in each record how often it wrote it: a server that drops the count makes it begin again. */
const counting: Version = {
  write: (record) => ({ ...record, writes: ((record as { writes?: number }).writes ?? 0) + 1 }),
  read: (stored) => stored,
};

/** Keeps values under another name, in a format of its own, and reads the one before too. */
const renaming: Version = {
  write: ({ data, ...record }: Partial<SessionRecord> & { data?: object }) => ({
    ...record,
    format: 2,
    values: data,
  }),
  read: ({ values, ...stored }: SessionRecord & { values?: object }) =>
    values ? { ...stored, format: 1, data: values } : stored,
};

describe.each(adapters)('Servers of two versions, on %s', (_, makeAdapter) => {
  const log = new Log();
  const hosts: TestApp[] = [];
  let texts: Map<string, string>;
  let older: Browser;
  let newer: Browser;

  beforeEach(() => {
    texts = new Map();
    log.takeLines();
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  describe('of which one stores more fields', () => {
    beforeEach(() => start(counting));

    it('serve one session in turn, and neither loses what the other wrote', async () => {
      await older.get('/more');
      newer.jar.keep(cookiesOf(older));
      await newer.get('/more');
      await older.get('/more');
      await newer.get('/more');
      expect((await older.get('/read')).json()).toEqual({ pears: 4 });
      expect(stored()).toMatchObject([{ format: 1, writes: 2 }]);
    });

    it('keep the additional fields across a login on the older one', async () => {
      await newer.get('/more');
      older.jar.keep(cookiesOf(newer));
      await older.get('/login');
      newer.jar.keep(cookiesOf(older));
      await newer.get('/more');
      const live = stored().filter(({ kind }) => kind === 'live');
      expect(live).toMatchObject([{ userId: 'ann', data: { pears: 2 }, writes: 2 }]);
    });
  });

  describe('of which one writes another format', () => {
    beforeEach(() => start(renaming));

    it('keep the session for the newer one, through a canary and a rollback', async () => {
      await older.get('/more');
      newer.jar.keep(cookiesOf(older));
      await newer.get('/more');
      const written = [...texts];

      for (const path of ['/read', '/blind', '/more', '/login', '/logout']) {
        expect(await older.get(path)).toMatchObject(REFUSED);
      }
      expect([...texts]).toEqual(written);
      expect((await newer.get('/read')).json()).toEqual({ pears: 2 });
    });

    it('have the older one log it once, and no id', async () => {
      await newer.get('/more');
      older.jar.keep(cookiesOf(newer));
      for (const path of ['/read', '/blind', '/more', '/read']) await older.get(path);
      const lines = log.takeLines();
      expect(lines).toEqual([
        expect.stringMatching(/^error The stored session has format 2, and this version reads/),
      ]);
      expect(lines[0]).not.toContain([...older.jar.values()][0]);
    });

    it('let the older one serve others, and end the sessions of a user', async () => {
      await newer.get('/login');
      expect((await older.get('/more')).status).toBe(200);
      expect((await older.get('/revoke')).text).toBe('1');
      expect((await newer.get('/read')).json()).toEqual({});
      expect((await older.get('/read')).json()).toEqual({ pears: 1 });
    });
  });

  async function start(version: Version): Promise<void> {
    older = (await startOn(new TextStore(texts))).browser();
    newer = (await startOn(new TextStore(texts, version))).browser();
  }

  async function startOn(store: TextStore): Promise<TestApp> {
    const host = await startApp(makeAdapter(), {
      session: { store },
      controllers: [CartController],
      prepare: (app) => app.useLogger(log),
    });
    hosts.push(host);
    log.takeLines();
    return host;
  }

  function stored(): SessionRecord[] {
    return [...texts.values()].map((text) => JSON.parse(text) as SessionRecord);
  }
});

const REFUSED: Partial<Answer> = {
  status: 503,
  setCookie: [],
  text: '{"message":"Service Unavailable","statusCode":503}',
};

function cookiesOf(browser: Browser): string[] {
  return [...browser.jar].map(([name, value]) => `${name}=${value}`);
}
