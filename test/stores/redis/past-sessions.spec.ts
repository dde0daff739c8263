import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { ManualClock } from 'nestjs-sessions/testing';
import { tombstoneAfter } from '../../../lib/commit/tombstones.js';
import { newRevision } from '../../../lib/core/record/revision.js';
import { type LiveRecord, makeRecord } from '../../../lib/core/record/session-record.js';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { commandsDuring as commandsOn } from '../../support/redis-commands.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MONTH_MS = 30 * 24 * HOUR_MS;
const PAST_SESSIONS = 3_000;

(isAvailable ? describe : describe.skip)('The past sessions of a user in Redis', () => {
  let server: RedisProcess;
  let client: Redis;
  let admin: Redis;
  let clock: ManualClock;
  let store: RedisSessionStore;
  let userId: string;

  beforeAll(async () => {
    server = await startRedis();
    [client, admin] = [new Redis(server.port), new Redis(server.port)];
    await new RedisSessionStore({ client }).listByUser('so that Redis knows the script');
  });
  afterAll(async () => {
    client.disconnect();
    admin.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    clock = new ManualClock(Date.now());
    store = new RedisSessionStore({ client, clock });
    userId = randomUUID();
  });

  const signIn = async (idleMs = 30 * MINUTE_MS): Promise<LiveRecord> => {
    const now = clock.now();
    const expiry = { expiresAt: now + idleMs, absoluteExpiresAt: now + MONTH_MS };
    const record = sampleRecord(clock, { userId, ...expiry });
    await store.create(record);
    return record;
  };

  /** The new record first, then the marker in place of the old one, as a commit does it. */
  const renew = async (record: LiveRecord): Promise<LiveRecord> => {
    const next = await signIn(MONTH_MS);
    await store.save(
      tombstoneAfter(record, { revision: newRevision(), now: clock.now() }),
      record.revision,
    );
    return next;
  };

  /** The commands of a list, which has to hold these sessions and no others. */
  const commandsToList = (...alive: readonly LiveRecord[]) =>
    commandsOn(admin, async () => {
      const byKey = (one: LiveRecord, other: LiveRecord) => (one.key < other.key ? -1 : 1);
      expect((await store.listByUser(userId)).toSorted(byKey)).toEqual(alive.toSorted(byKey));
    });

  const oneList = { evalsha: 1, zcount: 1, zrangebyscore: 1 };

  it(`cost a list nothing: ${PAST_SESSIONS} that expired within their absolute lifetime`, async () => {
    for (let n = 0; n < PAST_SESSIONS; n++) {
      await signIn();
      clock.advance((MONTH_MS - 2 * HOUR_MS) / PAST_SESSIONS);
    }
    clock.advance(2 * HOUR_MS);
    const [one, two] = [await signIn(), await signIn()];

    expect(await commandsToList(one, two)).toEqual({ ...oneList, hmget: 2 });
  });

  it(`cost one list something: ${PAST_SESSIONS} that expired a moment ago`, async () => {
    await Promise.all(Array.from({ length: PAST_SESSIONS }, () => signIn()));
    const alive = await signIn(2 * HOUR_MS);
    clock.advance(30 * MINUTE_MS + MINUTE_MS);

    expect((await commandsToList(alive)).zrem).toBe(PAST_SESSIONS);
    expect(await commandsToList(alive)).toEqual({ ...oneList, hmget: 1 });
  });

  it('cost a list nothing where one device has renewed its id for a month', async () => {
    let record = await signIn(MONTH_MS);
    for (let n = 0; n < 2_880; n++) {
      clock.advance(15 * MINUTE_MS);
      record = await renew(record);
    }

    expect(await commandsToList(record)).toEqual({ ...oneList, hmget: 1 });
  });

  /** A client that does something of its own in place of a command. */
  const clientWith = (overrides: object) =>
    Object.assign(Object.create(client) as Redis, overrides);

  it('leave alone an entry whose record would not have expired yet, and may be on its way', async () => {
    const { key, expiresAt } = sampleRecord(clock, { userId });
    const dying = clientWith({
      evalsha: (sha: string, keys: number, name: string, ...args: string[]) =>
        name.includes(':user:')
          ? client.evalsha(sha, keys, name, ...args)
          : Promise.reject(new Error('died')),
    });
    const late = sampleRecord(clock, { userId, key, expiresAt });
    await expect(new RedisSessionStore({ client: dying, clock }).create(late)).rejects.toThrow(
      'died',
    );
    clock.advance(expiresAt - clock.now() + MINUTE_MS - 1);

    expect(await commandsToList()).not.toHaveProperty('zrem');
    clock.advance(1);
    expect(await commandsToList()).toHaveProperty('zrem');
  });

  it('leave alone an entry whose key is taken anew after a list has looked twice', async () => {
    const record = await signIn();
    clock.advance(30 * MINUTE_MS + MINUTE_MS);
    const successor = makeRecord<LiveRecord>({ ...record, expiresAt: clock.now() + HOUR_MS });
    let looks = 0;
    const racing = clientWith({
      hmget: async (key: string, ...fields: string[]) => {
        const found = await client.hmget(key, ...fields);
        if (++looks === 2) await store.create(successor);
        return found;
      },
    });
    await new RedisSessionStore({ client: racing, clock }).listByUser(userId);

    expect(looks).toBe(2);
    await commandsToList(successor);
  });
});
