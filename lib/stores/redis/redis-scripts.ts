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
local revision, expiresAt = unpack(redis.call('HMGET', KEYS[1], 'revision', 'expiresAt'))
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
local function write(revision, expiresAt, record, forgetAt)
  redis.call('HSET', KEYS[1], 'revision', revision, 'expiresAt', expiresAt, 'record', record)
  redis.call('PEXPIREAT', KEYS[1], forgetAt)
end`;

/** ARGV: now, then revision, expiresAt, record, forgetAt. @internal */
export const CREATE = script(`${FIND}${WRITE}
if isLive(ARGV[1]) then return isWritten(ARGV[2]) and 'created' or 'taken' end
write(ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return 'created'`);

/** ARGV: now, then revision, expiresAt, record, forgetAt, then the revision to replace. @internal */
export const SAVE = script(`${FIND}${WRITE}
if not isLive(ARGV[1]) then return 'gone' end
if revision ~= ARGV[6] then return isWritten(ARGV[2]) and 'saved' or 'conflict' end
write(ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return 'saved'`);

/** ARGV: now, revision, expiresAt, forgetAt. @internal */
export const TOUCH = script(`${FIND}
if not isLive(ARGV[1]) or revision ~= ARGV[2] then return 'left' end
redis.call('HSET', KEYS[1], 'expiresAt', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return 'touched'`);

/** ARGV: now. @internal */
export const DELETE = script(`${FIND}
redis.call('DEL', KEYS[1])
return isLive(ARGV[1]) and 'deleted' or 'absent'`);

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
