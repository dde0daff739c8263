import type { Clock } from './clock.js';
import { isTooNew, outlineIn } from './newer-record.js';
import { noUserIndex, SessionError } from './session-errors.js';
import type { LiveRecord, SessionRecord } from './session-record.js';
import type { SessionStore, UserIndex } from './session-store.js';

/** @internal */
export function userIdOf(record: SessionRecord): string | undefined {
  return record.kind === 'live' ? record.userId : undefined;
}

/**
 * The store, as the index that it has to be. Throws SESSION_CONFIG_INVALID where it is none.
 *
 * @internal
 */
export function userIndexOf(store: SessionStore): UserIndex {
  if ('listByUser' in store && typeof store.listByUser === 'function') return store as never;
  throw noUserIndex(store.constructor.name);
}

/** What is found where an index says that a session of a user is. */
type Sight = LiveRecord | 'nothing' | 'not theirs';

type Load = () => SessionRecord | undefined | Promise<SessionRecord | undefined>;

/**
 * Looks where an index says that a session of the user is. One that cannot be decoded is nobody's: no id leads to it.
 * One in a newer format is theirs if its outline says so: others serve it, and `revokeAll` has to end it.
 *
 * @internal
 */
export async function lookFor(
  userId: string,
  load: Load,
  isOver: (record: SessionRecord) => boolean = () => false,
): Promise<Sight> {
  const record = await recordOrOutline(load);
  if (!record) return 'nothing';
  if (record === 'unknown') return 'not theirs';
  if (isOver(record)) return 'nothing';
  return record.kind === 'live' && record.userId === userId ? record : 'not theirs';
}

async function recordOrOutline(load: Load): Promise<SessionRecord | undefined | 'unknown'> {
  try {
    return await load();
  } catch (error) {
    if (isTooNew(error)) return outlineIn(error) ?? 'unknown';
    if (SessionError.is(error, 'SESSION_RECORD_UNREADABLE')) return 'unknown';
    throw error;
  }
}

/** @internal */
export function isTheirs(sight: Sight): sight is LiveRecord {
  return typeof sight === 'object';
}

/**
 * Lists the sessions of a user by an index beside the records. Its entries are hints: each is written before its record,
 * and some outlive theirs. So each is checked on the record.
 *
 * A session that is rotated meanwhile might be missed under both keys: under the new one before its record is there,
 * then under the old one after its end. Whoever meets something else than a session therefore looks again, until there
 * is nothing new to it.
 *
 * @internal
 */
export async function listIndexed(
  userId: string,
  clock: Pick<Clock, 'now'>,
  entries: () => Promise<readonly string[]>,
  load: (entry: string) => Promise<SessionRecord | undefined>,
): Promise<LiveRecord[]> {
  const seen = new Map<string, Sight>();
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    const open = (await entries()).filter((entry) => (seen.get(entry) ?? 'nothing') === 'nothing');
    const look = async (entry: string): Promise<void> => {
      const isOver = ({ expiresAt }: SessionRecord): boolean => expiresAt <= clock.now();
      const sight = await lookFor(userId, () => load(entry), isOver);
      if (!isTheirs(sight) && sight !== seen.get(entry)) isSettled = false;
      seen.set(entry, sight);
    };
    await Promise.all(open.map(look));
  }
  return [...seen.values()].filter(isTheirs);
}
