import { hash } from 'node:crypto';
import { type Clock, CLOCK_TOLERANCE_MS } from '../../core/clock.js';
import type { SessionRecord } from '../../core/session-record.js';
import { userIdOf } from '../../core/user-index.js';
import type { RedisClient } from './redis-client.js';
import { withoutCommand } from './redis-errors.js';
import { INDEX } from './redis-scripts.js';
import type { ScriptRunner } from './script-runner.js';

/**
 * The index by user: for each, the keys of the sessions, ordered by when they end at the latest. It is a hint. An entry
 * is written before its record, so that whoever dies in between leaves an entry too many and not one too few; and both
 * are on nodes of their own in a Cluster, where no script reaches two.
 *
 * @internal
 */
export class UserKeys {
  constructor(
    private readonly client: RedisClient,
    private readonly scripts: ScriptRunner,
    private readonly namespace: string,
    private readonly clock: Clock,
  ) {}

  async add(key: string, owner: string): Promise<void> {
    const [user, until] = owner.split(':') as [user: string, until: string];
    const over = String(this.clock.now() - CLOCK_TOLERANCE_MS);
    const args = [over, key, until, String(CLOCK_TOLERANCE_MS)];
    await this.scripts.run(INDEX, [this.#keyOf(user), ...args]);
  }

  /** Drops the entry of a key that is out of use for good. Where that fails, the entry goes with time. */
  async remove(key: string, owner: string): Promise<void> {
    const [user] = owner.split(':') as [user: string];
    await this.client.zrem(this.#keyOf(user), key).catch(() => undefined);
  }

  async of(userId: string): Promise<string[]> {
    try {
      const after = `(${this.clock.now()}`;
      return await this.client.zrangebyscore(this.#keyOf(nameOf(userId)), after, '+inf');
    } catch (error) {
      throw withoutCommand(error);
    }
  }

  #keyOf(user: string): string {
    return `${this.namespace}:user:${user}`;
  }
}

/**
 * What a record says about its entry: whose it is and until when, or nothing. While it stays the same, so does the entry.
 *
 * @internal
 */
export function ownerOf(record: SessionRecord): string {
  const userId = userIdOf(record);
  return userId === undefined ? '' : `${nameOf(userId)}:${Math.ceil(record.absoluteExpiresAt)}`;
}

/** Of one length, and without braces, which choose the slot of a Cluster. */
function nameOf(userId: string): string {
  return hash('sha256', userId, 'base64url');
}
