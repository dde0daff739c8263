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

/**
 * The first argument of each script is the current instant by the store's clock option, or '' for the clock of Redis
 * itself.
 */
const NOW = `
local function now()
  if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function text(instant) return string.format('%.0f', instant) end`;

/** The record of a key; an expired one counts as none. */
const FIND = `${NOW}
local revision, expiresAt, owner = unpack(redis.call('HMGET', KEYS[1], 'revision', 'expiresAt', 'owner'))
local user, listedUntil = string.match(owner or '', '^(.+):(%d+)$')
local function isLive()
  return revision and (tonumber(expiresAt) or 0) > now()
end
local function isListed(of, instant)
  return of == user and tonumber(listedUntil) >= tonumber(instant)
end`;

const WRITE = `
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
if isLive() then return 'taken' end
write(ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
return 'created'`);

/**
 * Returns the outcome and the record's previous owner. A record that gets another owner, or outlasts its entry in the
 * index, is written only once the caller confirms that the index has it.
 *
 * ARGV: now, then revision, expiresAt, record, forgetAt, owner, then the revision to replace, 'given' or 'latest' for
 * the expiry, and 'indexed' or ''.
 *
 * @internal
 */
export const SAVE = script(`${FIND}${WRITE}
if not isLive() then return {'gone'} end
if revision ~= ARGV[7] then return {'conflict'} end
local nextOwner, nextExpiry, forgetAt = ARGV[6], ARGV[3], ARGV[5]
if nextOwner ~= '' and ARGV[9] == '' then
  if not isListed(string.match(nextOwner, '^(.+):'), ARGV[3]) then return {'unindexed'} end
  nextOwner = owner
end
if ARGV[8] == 'latest' and tonumber(expiresAt) > tonumber(nextExpiry) then
  forgetAt, nextExpiry = text(forgetAt + expiresAt - nextExpiry), expiresAt
end
write(ARGV[2], nextExpiry, ARGV[4], forgetAt, nextOwner)
return {'saved', owner}`);

/**
 * Returns the outcome, and the user if the index has to extend the record's entry first. A touch that arrives late
 * leaves the later expiry.
 *
 * ARGV: now, revision, expiresAt, forgetAt, and the owner that the index has by now, or ''.
 *
 * @internal
 */
export const TOUCH = script(`${FIND}
if not isLive() or revision ~= ARGV[2] then return {'left'} end
if tonumber(ARGV[3]) <= tonumber(expiresAt) then return {'touched'} end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'owner', ARGV[5])
elseif user and not isListed(user, ARGV[3]) then return {'unindexed', user} end
redis.call('HSET', KEYS[1], 'expiresAt', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return {'touched'}`);

/**
 * Returns the outcome and the record's owner. ARGV: now, then the revision to remove, or '' for any.
 *
 * @internal
 */
export const DELETE = script(`${FIND}
if ARGV[2] ~= '' and revision ~= ARGV[2] then return {'left'} end
redis.call('DEL', KEYS[1])
return {isLive() and 'deleted' or 'absent', owner}`);

/**
 * Adds a record to the index of a user, or extends its entry to the latest instant given: of two writers, the one that
 * will lose may come last. ARGV: now, the key, until, tolerance.
 *
 * @internal
 */
export const INDEX = script(`${NOW}
local until_ = math.max(tonumber(ARGV[3]), tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or 0))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now() - ARGV[4]))
redis.call('ZADD', KEYS[1], text(until_), ARGV[2])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], text(last + ARGV[4]))
return 'indexed'`);

/**
 * Returns the current instant, the number of entries that expire within the span, and the keys, those first. ARGV: now,
 * the span.
 *
 * @internal
 */
export const LIST = script(`${NOW}
local at = now()
local keys = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. text(at), '+inf')
return {text(at), redis.call('ZCOUNT', KEYS[1], '(' .. text(at), text(at + ARGV[2])), keys}`);

/** Drops the entries that expire no later than an instant. ARGV: that instant, then the keys. @internal */
export const DROP = script(`
for n = 2, #ARGV do
  local listedUntil = redis.call('ZSCORE', KEYS[1], ARGV[n])
  if listedUntil and tonumber(listedUntil) <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[1], ARGV[n]) end
end
return 'dropped'`);

/** Proves that Redis lets the store run scripts and write. Leaves nothing behind. @internal */
export const PROBE = script(`
redis.call('HSET', KEYS[1], 'is', 'a probe')
redis.call('DEL', KEYS[1])
return redis.call('TIME')`);

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
