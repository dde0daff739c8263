import { Redis, type RedisOptions } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from 'nestjs-sessions/redis';
import { systemClock } from '../../../lib/core/options/clock.js';
import { OwnClient } from '../../../lib/stores/redis/own-client.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import {
  eventually,
  freePort,
  isInstalled,
  missing,
  type RedisProcess,
  startRedis,
} from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

const HOUR_MS = 3_600_000;

/** What the documentation of the store says a user needs. */
const DOCUMENTED_RIGHTS = [
  ...['~sessions:*', '+@hash', '+@sortedset', '+@scripting'],
  ...['+del', '+pexpireat', '+time', '+info'],
];

(isAvailable ? describe : describe.skip)('RedisSessionStore at boot', () => {
  let master: RedisProcess;
  let replica: RedisProcess;
  let admin: Redis;
  const clients: Redis[] = [];
  const stores: RedisSessionStore[] = [];

  beforeAll(async () => {
    master = await startRedis('--repl-diskless-sync-delay', '0');
    replica = await startRedis('--replicaof', `127.0.0.1 ${master.port}`);
    admin = new Redis(master.port);
    for (const [name, rules] of Object.entries({
      full: ['~*', '+@all'],
      unscripted: ['~*', '+@all', '-@scripting'],
      reader: ['~*', '+@all', '-@write'],
      stranger: ['~shop:*', '+@all'],
      documented: [...DOCUMENTED_RIGHTS],
      timeless: ['~*', '+@all', '-time'],
    })) {
      await admin.acl('SETUSER', name, 'on', '>hidden', ...rules);
    }
    await eventually(async () => {
      await new RedisSessionStore({ client: given({ port: replica.port }) }).load('a key');
    });
  });
  afterAll(async () => {
    for (const client of [admin, ...clients]) client.disconnect();
    await Promise.all(stores.map((store) => store.onApplicationShutdown()));
    await Promise.all([master.stop(), replica.stop()]);
  });

  function given(options: RedisOptions): Redis {
    const client = new Redis({ host: '127.0.0.1', ...options }).on('error', () => undefined);
    clients.push(client);
    return client;
  }

  const boot = async (client: RedisSessionStoreOptions['client']): Promise<void> => {
    const store = new RedisSessionStore({ client: client! });
    stores.push(store);
    await store.onModuleInit();
  };

  const refusals = [
    ['a user who may not run scripts', 'NOPERM .*', () => userOf('unscripted')],
    ['a user who may not write', "ERR .* can't run this command .*", () => userOf('reader')],
    ['a user of other keys', 'NOPERM .*', () => userOf('stranger')],
    ['a user who may not ask the time', "ERR .* can't run this .*", () => userOf('timeless')],
    ['a replica', 'READONLY .*', () => ({ port: replica.port })],
  ] as const;
  const userOf = (username: string) => ({ port: master.port, username, password: 'hidden' });

  const ways = [
    ['a client of its own', (options: RedisOptions) => ({ host: '127.0.0.1', ...options })],
    ['a client that is connecting', given],
  ] as const;

  describe.each(ways)('with %s', (_, clientOf) => {
    it.each(refusals)('refuses %s, in one clear line', async (_who, reason, options) => {
      const error: unknown = await boot(clientOf(options())).catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
      const { message } = error as Error;
      expect(message).toMatch(
        new RegExp(
          `^Redis refuses what the session store does: ${reason}[^.]\\. Check \`client\` of RedisSessionStore: it needs a master, and a user who may run scripts and write the keys of \`namespace\`\\.$`,
        ),
      );
      expect(message).not.toMatch(/hidden|script: /);
    });

    it('takes a user with all rights, and leaves nothing behind', async () => {
      await boot(clientOf(userOf('full')));

      expect(await admin.dbsize()).toBe(0);
    });
  });

  it('takes a user with the rights that the documentation names, for all that it does', async () => {
    const store = new RedisSessionStore({ client: given(userOf('documented')) });
    const record = sampleRecord(systemClock, { userId: 'ann' });
    const second = { ...nextRecord(record), expiresAt: systemClock.now() + 3 * HOUR_MS };
    await store.onModuleInit();
    await store.create(record);
    expect(await store.save(second, record.revision)).toBe('saved');
    expect(await store.touch(record.key, second.expiresAt + 1, second.revision)).toBe(true);
    expect(await store.listByUser('ann')).toHaveLength(1);
    expect(await store.currentTime()).toBeGreaterThan(0);
    expect(await store.delete(record.key)).toBe(true);
  });

  it('refuses a client that is connected already', async () => {
    const client = given(userOf('reader'));
    await client.ping();

    await expect(boot(client)).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    expect(await client.ping()).toBe('PONG');
  });

  it('closes its own client where it refuses', async () => {
    await boot({ ...userOf('reader'), connectionName: 'own' }).catch(() => undefined);

    await eventually(async () => expect(await admin.client('LIST')).not.toContain('name=own'));
  });

  it('leaves a client that is to connect later as it is', async () => {
    const [lazy, own] = [given({ ...userOf('reader'), lazyConnect: true }), userOf('reader')];
    await boot(lazy);
    await boot({ ...own, lazyConnect: true });

    expect(lazy.status).toBe('wait');
  });

  it('boots with a client whose Redis is down, stuck or loading', async () => {
    const loading = { evalsha: () => Promise.reject(new Error('LOADING Redis is loading')) };
    const stuck = await startRedis();
    stuck.process.kill('SIGSTOP');
    const clientsOfNoUse = [
      given({ port: await freePort() }),
      given({ port: await freePort(), enableOfflineQueue: false }),
      given({ port: stuck.port }),
      loading as unknown as Redis,
    ];

    expect(await Promise.allSettled(clientsOfNoUse.map(boot))).toEqual(
      clientsOfNoUse.map(() => ({ status: 'fulfilled', value: undefined })),
    );
    await stuck.stop();
  });

  describe('with a URL', () => {
    it('connects as the URL says', async () => {
      const store = new RedisSessionStore({
        client: `redis://full:hidden@127.0.0.1:${master.port}/2?connectionName=named`,
      });
      await store.onModuleInit();

      expect(await admin.client('LIST')).toMatch(/name=named .* db=2 .* user=full/);
      await store.onApplicationShutdown();
    });

    it('uses TLS for rediss, and keeps its own ways of failing fast', async () => {
      const { options } = await new OwnClient('rediss://:hidden@host').redis();

      expect(options).toMatchObject({ tls: true, host: 'host', maxRetriesPerRequest: 0 });
      expect((await new OwnClient('redis://host').redis()).options.tls).toBeUndefined();
    });

    it('names no more than the address where nothing answers', async () => {
      const port = await freePort();

      await expect(boot(`redis://full:hidden@127.0.0.1:${port}`)).rejects.toThrow(
        new RegExp(
          `^The session store cannot use Redis at 127.0.0.1:${port}: connect ECONNREFUSED`,
        ),
      );
    });

    it.each([
      'redis://full:hidden@',
      'http://full:hidden@host',
      'REDISS://full:hidden@host',
      'full:hidden@host:6379',
      'redis://full:hidden@host:port',
      'redis://full:hidden%@host',
      'redis://full:hidden@host/sessions',
      'redis://full:hidden@host/0/1',
      '',
    ])('quotes nothing of one that is wrong, as "%s" is', (client) => {
      expect(() => new RedisSessionStore({ client })).toThrow(
        /^Expected `RedisSessionStore client` to be a client, the options of one, or a URL like "redis:\/\/user:password@host:6379\/0", got another text\.$/,
      );
    });

    it.each([[null], [6379]])('is not %s', (client) => {
      expect(() => new RedisSessionStore({ client: client as never })).toThrow(
        `got ${client === null ? 'null' : 'number'}.`,
      );
    });
  });
});
