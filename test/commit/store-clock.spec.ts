import { openSession } from 'nestjs-sessions';
import { ManualClock } from 'nestjs-sessions/testing';
import { storeKeyOf as keyOf } from '../../lib/core/record/session-id.js';
import { TimedStore } from '../support/timed-store.js';
import { StoreClock } from '../../lib/commit/store-clock.js';

const MINUTE = 60_000;
const HALF_AN_HOUR = 30 * MINUTE;

describe('The clock of a server', () => {
  let store: TimedStore;
  let server: ManualClock;
  let clock: StoreClock;
  beforeEach(() => {
    store = new TimedStore();
    server = new ManualClock(store.own.now());
    clock = new StoreClock(store, server);
  });

  it.each([
    ['half an hour fast', HALF_AN_HOUR],
    ['half an hour slow', -HALF_AN_HOUR],
  ])('follows the clock of the store when it is %s', async (_, offsetMs) => {
    server.advance(offsetMs);
    await clock.sync();

    expect(clock.now()).toBe(store.own.now());
  });

  it('asks the store beside the first call, and once a minute', async () => {
    clock.now();
    clock.now();
    expect(store.asked).toBe(1);
    server.advance(MINUTE - 1);
    clock.now();
    expect(store.asked).toBe(1);
    server.advance(1);
    clock.now();
    expect(store.asked).toBe(2);
  });

  it('looks again when it steps', async () => {
    await clock.sync();
    server.advance(-HALF_AN_HOUR);
    clock.now();
    await clock.sync();

    expect(store.asked).toBe(3);
    expect(clock.now()).toBe(store.own.now());
  });

  it('stays as it is where the difference is within the time of the answer', async () => {
    store.answer = () => server.advance(100);
    store.own.advance(120);
    await clock.sync();

    expect(clock.now()).toBe(server.now());
  });

  it('takes no answer that took longer than a second', async () => {
    store.own.advance(HALF_AN_HOUR);
    store.answer = () => server.advance(1_001);
    await clock.sync();

    expect(clock.now()).toBe(server.now());
  });

  it('keeps the last difference while the store does not answer, and asks again in five seconds', async () => {
    store.own.advance(HALF_AN_HOUR);
    await clock.sync();
    store.answer = () => Promise.reject(new Error('down'));
    await clock.sync();
    expect(clock.now() - server.now()).toBe(HALF_AN_HOUR);

    server.advance(5_000);
    clock.now();
    expect(store.asked).toBe(3);
  });
});

describe('A session on a store with a clock of its own', () => {
  it('ends by the clock of the store, whatever the clock of the server', async () => {
    const store = new TimedStore(new ManualClock(Date.now() + 10 * HALF_AN_HOUR));
    const session = openSession(store);
    session.set('a' as never, 1 as never);
    await session.save();
    const record = await store.load(keyOf(session.id!));

    const livesMs = record!.expiresAt - store.own.now();
    expect(Math.round(livesMs / MINUTE)).toBe(30);
  });
});
