import type { Clock } from '../options/clock.js';
import { isTooNew, outlineIn } from './newer-record.js';
import { noUserIndex, SessionError } from '../errors/session-errors.js';
import type { LiveRecord, SessionRecord } from './session-record.js';
import type { SessionStore, UserIndex } from './session-store.js';

/** @internal */
export function userIdOf(record: SessionRecord): string | undefined {
  return record.kind === 'live' ? record.userId : undefined;
}

/**
 * The store as a user index. Throws SESSION_CONFIG_INVALID if it is none.
 *
 * @internal
 */
export function userIndexOf(store: SessionStore): UserIndex {
  if ('listByUser' in store && typeof store.listByUser === 'function') return store as never;
  throw noUserIndex(store.constructor.name);
}

/** The result of checking an index entry. */
type Sight = LiveRecord | 'nothing' | 'not theirs';

type Load = () => SessionRecord | undefined | Promise<SessionRecord | undefined>;

/**
 * Checks an index entry against its record. A record that cannot be decoded is nobody's: no id leads to it. A record in
 * a newer format belongs to the user if its outline says so: other servers serve it, and `revokeAll` has to end it.
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
 * Lists the sessions of a user by an index beside the records. Its entries are hints: each is written before its
 * record, and some outlive theirs. Each is therefore checked against its record.
 *
 * A session that is rotated meanwhile might be missed under both keys: under the new one before its record exists, then
 * under the old one after its end. An entry without a live session therefore causes another look, until a look finds
 * nothing new.
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
