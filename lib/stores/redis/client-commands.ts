import { IoredisCommands } from './ioredis-commands.js';
import { isNodeRedisClient, type NodeRedisClient } from './node-redis-client.js';
import { NodeRedisCommands } from './node-redis-commands.js';
import { OwnClient } from './own-client.js';
import type { RedisClient } from './redis-client.js';
import type { RedisCommands } from './redis-commands.js';

/**
 * The commands of the store through any of the clients that it accepts.
 *
 * @internal
 */
export function commandsOf(client: RedisClient | NodeRedisClient | OwnClient): RedisCommands {
  if (client instanceof OwnClient) return new IoredisCommands(() => client.redis());
  return isNodeRedisClient(client)
    ? new NodeRedisCommands(client)
    : new IoredisCommands(() => client);
}
