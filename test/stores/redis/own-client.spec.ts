import { Redis } from 'ioredis';
import { OwnClient } from '../../../lib/stores/redis/own-client.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

(isAvailable ? describe : describe.skip)('The client that the store makes', () => {
  let server: RedisProcess;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await startRedis();
    proxy = await TcpProxy.before(server.port);
  });
  afterAll(async () => {
    await proxy.refuse();
    await server.stop();
  });

  it('keeps a sound connection, however the one before it ended', async () => {
    const own = new OwnClient({ port: proxy.port, socketTimeout: 300 });
    await own.check();
    const redis = await own.redis();
    proxy.loseAnswerTo('ping');
    await redis.ping().catch(() => undefined);
    await redis.ping();
    const id = await redis.client('ID');
    // Longer than the timeout: native time is the subject.
    await new Promise((resolve) => setTimeout(resolve, 500));

    expect(await redis.client('ID')).toBe(id);
    await own.close();
  });

  it('replaces a connection that has gone silent', async () => {
    const own = new OwnClient({ port: proxy.port, socketTimeout: 300 });
    await own.check();
    const [redis, admin] = [await own.redis(), new Redis(server.port)];
    await admin.client('PAUSE', 600);

    await expect(redis.ping()).rejects.toThrow('max retries');
    expect(await redis.ping().catch(() => redis.ping())).toBe('PONG');
    await own.close();
    admin.disconnect();
  });

  it('closes within a second when Redis is stuck', async () => {
    const own = new OwnClient({ port: server.port });
    await own.check();
    server.process.kill('SIGSTOP');
    const startedAt = performance.now();
    await own.close();
    const tookMs = performance.now() - startedAt;
    server.process.kill('SIGCONT');

    expect(tookMs).toBeLessThan(1_500);
    expect((await own.redis()).stream.destroyed).toBe(true);
  });
});
