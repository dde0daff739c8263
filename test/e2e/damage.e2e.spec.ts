import { Controller, Get } from '@nestjs/common';
import * as fc from 'fast-check';
import { Session, Sessions } from 'nestjs-sessions';
import { csrfToken } from 'nestjs-sessions/auth';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import {
  damaged,
  isNewer,
  live,
  LIVE_FIELDS,
  marker,
  MARKER_FIELDS,
  textOf,
  VALUES_OF_NOTE,
} from '../support/damaged-record.js';
import { TextStore } from '../support/text-store.js';

/** CI asks for more. */
const RUNS = Number(process.env.TEST_DAMAGE_RUNS ?? 25);

@Controller()
class EverythingController {
  constructor(private readonly sessions: Sessions) {}

  @Get('read')
  async read(@Session() session: Session<object>) {
    await session.takeFlash('notice');
    await csrfToken(session);
    return session.all();
  }

  @Get('write')
  write(@Session() session: Session<Record<string, unknown>>) {
    session.set('cart', 1);
    session.flash('notice', 'text');
  }

  @Get('update')
  update(@Session() session: Session<{ cart: unknown }>) {
    return session.update('cart', () => 2);
  }

  @Get('login')
  login(@Session() session: Session<object>) {
    session.rotate();
    session.userId = 'ann';
    session.setLifetime({ afterInactivity: '1h' });
  }

  @Get('devices')
  async devices(@Session() session: Session<{ cart: unknown }>) {
    return this.sessions.listByUser<{ cart: unknown }>('ann', { current: session, show: ['cart'] });
  }
}

const ROUTES = ['read', 'write', 'update', 'devices', 'login'];

describe.each(adapters)('A damaged record, on %s', (_, makeAdapter) => {
  const store = new TextStore();
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store, lifetime: { renewEvery: '5m' }, limits: { storeTimeout: '20s' } },
      controllers: [EverythingController],
    });
  });
  afterAll(() => host.close());

  /** The answers to all that can be asked of a session whose record is this. */
  async function statuses(make: (key: string) => object): Promise<number[]> {
    const all: number[] = [];
    for (const route of ROUTES) {
      store.texts.clear();
      const id = newSessionId();
      const key = storeKeyOf(id);
      store.texts.set(key, textOf(make(key)));
      const headers = { cookie: `__Host-sid=${id}` };
      all.push((await fetch(`${host.origin}/${route}`, { headers })).status);
    }
    return all;
  }

  it.each([
    ...LIVE_FIELDS.map((field) => ['live', field, live] as const),
    ...MARKER_FIELDS.map((field) => ['marker', field, marker] as const),
  ])(
    'is served or absent, and never an error: %s %j',
    async (kind, field, make) => {
      const check = async (value: unknown): Promise<void> => {
        if (isNewer(field, value)) return;
        const found = await statuses((key) => damaged(make(key), field, value));
        const isWall = kind === 'marker' || value === 'marker';
        const errors = found.filter((status) => status !== 200 && !(isWall && status === 409));
        expect([value, errors]).toEqual([value, []]);
      };
      for (const value of VALUES_OF_NOTE) await check(value);
      await fc.assert(fc.asyncProperty(fc.jsonValue(), check), { numRuns: RUNS });
    },
    300_000,
  );

  it('is a record that serves where nothing is damaged', async () => {
    expect(await statuses(live)).toEqual([200, 200, 200, 200, 200]);
    store.texts.clear();
    const id = newSessionId();
    store.texts.set(storeKeyOf(id), JSON.stringify(live(storeKeyOf(id))));
    const answer = await fetch(`${host.origin}/read`, { headers: { cookie: `__Host-sid=${id}` } });
    expect(await answer.json()).toEqual({ cart: { items: [1] } });
  });
});
