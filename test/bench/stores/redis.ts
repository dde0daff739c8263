import { RedisStore } from 'connect-redis';
import { Redis, type RedisOptions } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { createClient } from 'redis';
import { countCalls } from '../commands.js';
import type { Place } from '../place.js';
import type { BenchStore } from './bench-store.js';

countCalls(Redis.prototype, 'sendCommand');

export const redis: BenchStore = {
  ours: ({ url, name }) =>
    new RedisSessionStore({ client: addressIn(url), namespace: `${name}:ours` }),

  async peer({ url, name }) {
    const client = createClient({ url });
    countCalls(client, 'sendCommand');
    await client.connect();
    return new RedisStore({ client, prefix: `${name}:peer:` });
  },
};

/** A client for what is written by hand. */
export function clientOf({ url }: Place, enableAutoPipelining: boolean): Redis {
  return new Redis({ ...addressIn(url), enableAutoPipelining });
}

function addressIn(url: string): RedisOptions {
  const { hostname, port, username, password } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 6379),
    ...(password && { username: decodeURIComponent(username) || 'default' }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}
