import { Redis } from 'ioredis';
import { openSession } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

interface Basket {
  count?: number;
  coupon?: string;
}

(isAvailable ? describe : describe.skip)('A script that the client sends twice', () => {
  let server: RedisProcess;
  let client: Redis;
  let isNextTwice: boolean;
  let store: RedisSessionStore;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await client.flushdb();
    isNextTwice = false;
    store = new RedisSessionStore({ client: repeating() });
    // Redis knows the scripts from here on: one that it refuses to run has not been sent twice.
    await open(await stored({ count: 0 })).update('count', () => 1);
    await client.flushdb();
  });

  /** As ioredis does when a connection breaks before the answer: `autoResendUnfulfilledCommands`. */
  function repeating(): Redis {
    const evalsha = async (...args: [string, number, ...string[]]) => {
      if (isNextTwice) await client.evalsha(...args);
      isNextTwice = false;
      return client.evalsha(...args);
    };
    return Object.assign(Object.create(client) as Redis, { evalsha });
  }

  const open = (id?: string) => openSession<Basket>(store, id);

  async function stored(basket: Basket): Promise<string> {
    const session = open();
    for (const [key, value] of Object.entries(basket)) session.set(key as keyof Basket, value);
    await session.save();
    return session.id!;
  }

  it('creates one session', async () => {
    const session = open();
    session.set('count', 1);
    isNextTwice = true;
    await session.save();

    expect(isNextTwice).toBe(false);
    expect(await open(session.id).all()).toEqual({ count: 1 });
    expect(await client.dbsize()).toBe(1);
  });

  it('saves what was set', async () => {
    const id = await stored({ count: 1 });
    const session = open(id);
    session.set('coupon', 'ten per cent');
    isNextTwice = true;
    await session.save();

    expect(isNextTwice).toBe(false);
    expect(await open(id).all()).toEqual({ count: 1, coupon: 'ten per cent' });
  });

  it('counts an update once', async () => {
    const id = await stored({ count: 1 });
    isNextTwice = true;

    expect(await open(id).update('count', (count = 0) => count + 1)).toBe(2);
    expect(isNextTwice).toBe(false);
    expect(await open(id).get('count')).toBe(2);
  });

  it('takes a value once, and hands it out', async () => {
    const id = await stored({ coupon: 'ten per cent' });
    isNextTwice = true;

    expect(await open(id).take('coupon')).toBe('ten per cent');
    expect(isNextTwice).toBe(false);
    expect(await open(id).take('coupon')).toBeUndefined();
  });

  it('counts an update once where another one is made between the two', async () => {
    const id = await stored({ count: 1 });
    const between = async (...args: [string, number, ...string[]]) => {
      await client.evalsha(...args);
      await open(id).update('count', (count = 0) => count + 1);
      return client.evalsha(...args);
    };
    let isFirst = true;
    const evalsha = (...args: [string, number, ...string[]]) => {
      const send = isFirst ? between : client.evalsha.bind(client);
      isFirst = false;
      return send(...args);
    };
    const repeated = new RedisSessionStore({
      client: Object.assign(Object.create(client) as Redis, { evalsha }),
    });

    const counted = openSession<Basket>(repeated, id).update('count', (count = 0) => count + 1);
    expect(await counted).toBe(2);
    expect(await open(id).get('count')).toBe(3);
  });
});
