import type { SessionStore } from 'nestjs-sessions';
import type { DatabaseAddress } from '../databases.js';

/** Where a store keeps its records: an address, a table, a folder. Plain data, since it crosses to another process. */
export type Place = Readonly<Record<string, string>>;

export interface OpenStore {
  readonly store: SessionStore;
  close(): Promise<void>;
}

/**
 * How a process opens a store by its name. To have a store tested from four processes, add it here (imported when it
 * is asked for, so that no worker needs what it does not use), and call `describeFourAtOnce` in its tests:
 *
 *     describeFourAtOnce('RedisSessionStore', () => fourProcesses('redis', { url, namespace }));
 */
export const storeMakers: Readonly<Record<string, (place: Place) => Promise<OpenStore>>> = {
  async file({ directory }) {
    const { FileSessionStore } = await import('nestjs-sessions/file');
    const store = new FileSessionStore({ directory: directory! });
    return { store, close: () => store.onModuleDestroy() };
  },
  async redis({ url, namespace }) {
    const [{ RedisSessionStore }, { Redis }] = await Promise.all([
      import('nestjs-sessions/redis'),
      import('ioredis'),
    ]);
    const client = new Redis(url!).on('error', () => undefined);
    const store = new RedisSessionStore({ client, namespace: namespace! });
    return { store, close: async () => void (await client.quit()) };
  },
  async 'redis-cluster'({ ports, namespace, replicas }) {
    const [{ RedisSessionStore }, { Cluster }] = await Promise.all([
      import('nestjs-sessions/redis'),
      import('ioredis'),
    ]);
    const client = new Cluster(
      ports!.split(',').map((port) => ({ host: '127.0.0.1', port: Number(port) })),
      {
        retryDelayOnFailover: 200,
        retryDelayOnClusterDown: 200,
        maxRedirections: 32,
        slotsRefreshTimeout: 2_000,
        redisOptions: { connectTimeout: 1_000 },
      },
    );
    client.on('error', () => undefined);
    const store = new RedisSessionStore({
      client,
      namespace: namespace!,
      ...(replicas && { durability: { replicas: Number(replicas) } }),
    });
    return { store, close: async () => client.disconnect() };
  },
  async 'node-redis'({ url, namespace }) {
    const [{ RedisSessionStore }, { createClient }] = await Promise.all([
      import('nestjs-sessions/redis'),
      import('redis'),
    ]);
    const client = createClient({ url: url!, socket: { reconnectStrategy } });
    client.on('error', () => undefined);
    // Not awaited: what comes before the connection waits for it, also where a fault delays it.
    void client.connect();
    const store = new RedisSessionStore({ client, namespace: namespace! });
    return { store, close: async () => client.destroy() };
  },
  async 'node-redis-cluster'({ ports, namespace, replicas }) {
    const [{ RedisSessionStore }, { createCluster }] = await Promise.all([
      import('nestjs-sessions/redis'),
      import('redis'),
    ]);
    const client = createCluster({
      rootNodes: ports!.split(',').map((port) => ({ url: `redis://127.0.0.1:${port}` })),
      defaults: { socket: { reconnectStrategy, connectTimeout: 1_000 } },
    });
    client.on('error', () => undefined);
    await client.connect();
    const store = new RedisSessionStore({
      client,
      namespace: namespace!,
      ...(replicas && { durability: { replicas: Number(replicas) } }),
    });
    return { store, close: async () => client.destroy() };
  },
  async 'redis-sentinel'({ sentinels, name, namespace, replicas }) {
    const [{ RedisSessionStore }, { Redis }] = await Promise.all([
      import('nestjs-sessions/redis'),
      import('ioredis'),
    ]);
    const client = new Redis({
      sentinels: JSON.parse(sentinels!) as { host: string; port: number }[],
      name: name!,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(50 * times, 500),
      sentinelRetryStrategy: () => 100,
    });
    client.on('error', () => undefined);
    const store = new RedisSessionStore({
      client,
      namespace: namespace!,
      ...(replicas && { durability: { replicas: Number(replicas) } }),
    });
    return { store, close: async () => client.disconnect() };
  },
  async typeorm({ type, url, table }) {
    const [{ TypeOrmSessionStore }, { connectTo }] = await Promise.all([
      import('nestjs-sessions/typeorm'),
      import('../databases.js'),
    ]);
    const dataSource = await connectTo({ type, url } as DatabaseAddress);
    const store = new TypeOrmSessionStore(dataSource, { table: table! });
    return { store, close: () => dataSource.destroy() };
  },
};

/** How long node-redis waits before it tries to connect again. */
function reconnectStrategy(tries: number): number {
  return Math.min(50 * tries, 250);
}
