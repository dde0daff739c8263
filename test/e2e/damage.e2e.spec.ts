import { Controller, Get } from '@nestjs/common';
import * as fc from 'fast-check';
import { type LiveRecord, type RotationMarker, Session, Sessions } from 'nestjs-sessions';
import { csrfToken } from 'nestjs-sessions/auth';
import { newSessionId, storeKeyOf } from '../../lib/core/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { TextStore } from '../support/text-store.js';

/** CI asks for more. */
const RUNS = Number(process.env.TEST_DAMAGE_RUNS ?? 25);
const MINUTE = 60_000;

@Controller()
class EverythingController {
  constructor(private readonly sessions: Sessions) {}

  @Get('read')
  async read(@Session() session: Session<object>) {
    await session.flashed('notice');
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

function live(key: string): LiveRecord {
  const now = Date.now();
  return {
    kind: 'live',
    key,
    revision: 'revision',
    recentRevisions: ['before'],
    createdAt: now - 10 * MINUTE,
    expiresAt: now + 10 * MINUTE,
    absoluteExpiresAt: now + 60 * MINUTE,
    format: 1,
    data: { cart: { items: [1] } },
    userId: 'ann',
    signedInAt: now - MINUTE,
    lifetime: { kind: 'inactivity', idleTimeoutMs: 20 * MINUTE },
    visit: 'visit',
    issuedAt: now - 9 * MINUTE,
    predecessor: { key: storeKeyOf(newSessionId()), revision: 'old', salt: 'salt' },
  };
}

function marker(key: string): RotationMarker {
  const { revision, recentRevisions, createdAt, expiresAt, format } = live(key);
  const head = { key, revision, recentRevisions, createdAt, expiresAt, format };
  const successor = { salt: 'salt', until: expiresAt };
  return { kind: 'marker', ...head, absoluteExpiresAt: expiresAt, successor };
}

/** As a path of fields: a part of a part is damaged as well. */
const LIVE_FIELDS = [
  ...Object.keys(live('')).map((field) => [field]),
  ...['key', 'revision', 'salt'].map((field) => ['predecessor', field]),
  ...['kind', 'idleTimeoutMs'].map((field) => ['lifetime', field]),
  ['lifetime', 'at'],
  ['data', 'cart'],
  ['data', '@sessions/flash/notice'],
  ['data', '@sessions/csrf'],
  ['recentRevisions', '0'],
  ['added'],
];
const MARKER_FIELDS = [
  ...Object.keys(marker('')).map((field) => [field]),
  ['successor', 'salt'],
  ['successor', 'until'],
];

/** Stands for what `JSON.stringify` cannot write and `JSON.parse` reads. */
const DEEP = 'many levels';
const DEEP_TEXT = '['.repeat(5_000) + ']'.repeat(5_000);
const TEXTS_OF_NOTE = ['', 'live', 'marker', 'date', 'browser', '\0', '\ud800'];
const VALUES_OF_NOTE: readonly unknown[] = [
  ...[
    undefined,
    null,
    {},
    [],
    [null],
    true,
    1.5,
    -1,
    0,
    1,
    1e308,
    9e15,
    1e13 + 0.5,
    ...TEXTS_OF_NOTE,
  ],
  ...[{ kind: 'date', at: 'soon' }, { kind: 'inactivity' }, { kind: 'else' }, { salt: 5 }],
  ...[DEEP, { a: [DEEP] }],
];

function damaged(record: object, [field = '', ...rest]: readonly string[], by: unknown): object {
  const before = Reflect.get(record, field) as object;
  const after = rest.length === 0 ? by : damaged(before, rest, by);
  return Object.assign(Array.isArray(record) ? [...(record as unknown[])] : { ...record }, {
    [field]: after,
  });
}

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
      store.texts.set(key, JSON.stringify(make(key)).replace(`"${DEEP}"`, DEEP_TEXT));
      const headers = { cookie: `__Host-sid=${id}` };
      all.push((await fetch(`${host.origin}/${route}`, { headers })).status);
    }
    return all;
  }

  /** A newer format is no damage. */
  const isNewer = (field: readonly string[], value: unknown): boolean =>
    field[0] === 'format' && Number.isInteger(value) && Number(value) > 1;

  it.each([
    ...LIVE_FIELDS.map((field) => ['live', field, live] as const),
    ...MARKER_FIELDS.map((field) => ['marker', field, marker] as const),
  ])('is served or absent, and never an error: %s %j', async (kind, field, make) => {
    const check = async (value: unknown): Promise<void> => {
      if (isNewer(field, value)) return;
      const found = await statuses((key) => damaged(make(key), field, value));
      const isWall = kind === 'marker' || value === 'marker';
      const errors = found.filter((status) => status !== 200 && !(isWall && status === 409));
      expect([value, errors]).toEqual([value, []]);
    };
    for (const value of VALUES_OF_NOTE) await check(value);
    await fc.assert(fc.asyncProperty(fc.jsonValue(), check), { numRuns: RUNS });
  });

  it('is a record that serves where nothing is damaged', async () => {
    expect(await statuses(live)).toEqual([200, 200, 200, 200, 200]);
    store.texts.clear();
    const id = newSessionId();
    store.texts.set(storeKeyOf(id), JSON.stringify(live(storeKeyOf(id))));
    const answer = await fetch(`${host.origin}/read`, { headers: { cookie: `__Host-sid=${id}` } });
    expect(await answer.json()).toEqual({ cart: { items: [1] } });
  });
});
