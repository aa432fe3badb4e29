/** The scripts are fixed texts; whatever comes from a flow is an argument of them. */

/**
 * Appends to a stream unless that has been done by the same key.
 * KEYS: stream, memory. ARGV: how long it is remembered in ms, maximum length or 0, field and value in turn.
 * Answers the entry's id and whether it had been there.
 */
export const PUBLISH = `
local before = redis.call('GET', KEYS[2])
if before then return {before, 1} end
local entry = {KEYS[1]}
if tonumber(ARGV[2]) > 0 then
  entry[2] = 'MAXLEN' entry[3] = '~' entry[4] = ARGV[2]
end
entry[#entry + 1] = '*'
for n = 3, #ARGV do entry[#entry + 1] = ARGV[n] end
local id = redis.call('XADD', unpack(entry))
redis.call('SET', KEYS[2], id, 'PX', ARGV[1])
return {id, 0}`;

/**
 * Adds to a number once for each key of a call.
 * KEYS: the number, memory. ARGV: how long it is remembered in ms, what to add, time to live of a new number in ms or 0.
 */
export const INCREMENT = `
local before = redis.call('GET', KEYS[2])
if before then return before end
local now = redis.call('INCRBY', KEYS[1], ARGV[2])
if tonumber(ARGV[3]) > 0 and redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
local text = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[2], text, 'PX', ARGV[1])
return text`;

/**
 * Sets what is absent, and answers the same to the same call.
 * KEYS: the value, memory. ARGV: how long it is remembered in ms, the value, time to live in ms or 0.
 */
export const SET_IF_ABSENT = `
local before = redis.call('GET', KEYS[2])
if before then return before end
local done
if tonumber(ARGV[3]) > 0 then done = redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3])
else done = redis.call('SET', KEYS[1], ARGV[2], 'NX') end
local answer = done and '1' or '0'
redis.call('SET', KEYS[2], answer, 'PX', ARGV[1])
return answer`;

/**
 * Keeps entries from being claimed by others, as long as they are still ours.
 * KEYS: stream. ARGV: group, consumer, idle time to set in ms, ids.
 */
export const KEEP = `
for n = 4, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[n], ARGV[n], 1)
  if pending[1] and pending[1][2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[n], 'IDLE', ARGV[3], 'JUSTID')
  end
end
return 1`;

/**
 * Forgets the consumer that is leaving, and those that have not been heard of, if they hold nothing: to delete one that
 * holds entries would lose them.
 * KEYS: stream. ARGV: group, silence in ms, who is leaving.
 */
export const TIDY = `
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local facts = {}
  for n = 1, #consumer, 2 do facts[consumer[n]] = consumer[n + 1] end
  if facts['pending'] == 0 and (facts['name'] == ARGV[3] or facts['idle'] >= tonumber(ARGV[2])) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], facts['name'])
  end
end
return 1`;
