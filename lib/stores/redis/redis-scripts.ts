import { createHash } from 'node:crypto';

/**
 * Lua that Redis runs as one step, on one key.
 *
 * @internal
 */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

/** What a key holds; an expired record counts as none. */
const FIND = `
local revision, expiresAt, owner = unpack(redis.call('HMGET', KEYS[1], 'revision', 'expiresAt', 'owner'))
local function isLive(now)
  return revision and (tonumber(expiresAt) or 0) > tonumber(now)
end`;

/**
 * A client may send a command again whose answer got lost. The record then bears the revision already, as its own or
 * among its recent ones, unless there is no record any more. Nobody but the writer has ever seen that revision.
 */
const WRITE = `
local function isWritten(by)
  return string.find(redis.call('HGET', KEYS[1], 'record') or '', by, 1, true)
end
local function write(revision, expiresAt, record, forgetAt, nextOwner)
  redis.call('HSET', KEYS[1], 'revision', revision, 'expiresAt', expiresAt, 'record', record)
  if nextOwner ~= (owner or '') then
    if nextOwner == '' then redis.call('HDEL', KEYS[1], 'owner')
    else redis.call('HSET', KEYS[1], 'owner', nextOwner) end
  end
  redis.call('PEXPIREAT', KEYS[1], forgetAt)
end`;

/** ARGV: now, then revision, expiresAt, record, forgetAt, owner. @internal */
export const CREATE = script(`${FIND}${WRITE}
if isLive(ARGV[1]) then return isWritten(ARGV[2]) and 'created' or 'taken' end
write(ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
return 'created'`);

/**
 * Answers with the outcome and whose the record was before. A record that is to have another owner is not written
 * before the caller says that the index has it.
 *
 * ARGV: now, then revision, expiresAt, record, forgetAt, owner, then the revision to replace, and 'indexed' or ''.
 *
 * @internal
 */
export const SAVE = script(`${FIND}${WRITE}
if not isLive(ARGV[1]) then return {'gone'} end
if revision ~= ARGV[7] then return {isWritten(ARGV[2]) and 'saved' or 'conflict'} end
if ARGV[6] ~= '' and ARGV[6] ~= owner and ARGV[8] == '' then return {'unindexed'} end
write(ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
return {'saved', owner}`);

/** ARGV: now, revision, expiresAt, forgetAt. @internal */
export const TOUCH = script(`${FIND}
if not isLive(ARGV[1]) or revision ~= ARGV[2] then return 'left' end
redis.call('HSET', KEYS[1], 'expiresAt', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return 'touched'`);

/**
 * Answers with the outcome and whose the record was. ARGV: now, then the revision to remove, or '' for any.
 *
 * @internal
 */
export const DELETE = script(`${FIND}
if ARGV[2] ~= '' and revision ~= ARGV[2] then return {'left'} end
redis.call('DEL', KEYS[1])
return {isLive(ARGV[1]) and 'deleted' or 'absent', owner}`);

/**
 * Names a record in the index of a user until the latest of the instants it was named with: of two writers, the one
 * that is to lose may come last. ARGV: the instant up to which entries are over, the key, until, tolerance.
 *
 * @internal
 */
export const INDEX = script(`
local function text(instant) return string.format('%.0f', instant) end
local until_ = math.max(tonumber(ARGV[3]), tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or 0))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], text(until_), ARGV[2])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], text(last + ARGV[4]))
return 'indexed'`);

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
