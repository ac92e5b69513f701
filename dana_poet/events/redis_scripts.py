"""What runs inside the Redis server, each script as one step that nobody else sees half of.

A stream for each type, with arrival numbers as entry ids so that streams can be merged; one consumer group. A lease
is an entry of the group's pending list with its end in a sorted set, because XAUTOCLAIM knows only how long somebody
has waited, not for how long a consumer asked.

    P:seq        the last arrival number             P:types      the types that have a stream
    P:s:TYPE     the stream of a type                P:leases     NUMBER:TYPE by the end of its lease, milliseconds
    P:tokens     NUMBER -> token of its lease        P:skip       numbers acknowledged before anybody claimed them
    P:pending    how many are not acknowledged       P:k:KEY      a key that was published, with its time to live
    P:p:PRODUCER the last id that a process wrote, so that repeating a write whose answer was lost adds nothing
"""

from __future__ import annotations

_COMMON = """
local p, group = KEYS[1], 'dana'
local function stream(kind) return p .. ':s:' .. kind end
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function delivered(kind)
  for _, one in ipairs(redis.call('XINFO', 'GROUPS', stream(kind))) do
    local found = {}
    for i = 1, #one, 2 do found[one[i]] = one[i + 1] end
    if found['name'] == group then return found['last-delivered-id'] end
  end
  return '0-0'
end
local function split(member)
  local at = string.find(member, ':', 1, true)
  return string.sub(member, 1, at - 1), string.sub(member, at + 1)
end
"""

APPEND = (
    _COMMON
    + """
-- ARGV: seconds that a key is known, whether these are copies, then id, type, key, line, handled for each event
local added = 0
for i = 3, #ARGV, 5 do
  local id, kind, key, line, handled = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local producer = p .. ':p:' .. string.sub(id, 17)
  local last = ARGV[2] == '0' and redis.call('GET', producer)
  if not last or last < id then
    if ARGV[2] == '0' then redis.call('SET', producer, id, 'EX', 86400) end
    if key == '' or redis.call('SET', p .. ':k:' .. key, '1', 'NX', 'EX', ARGV[1]) then
      if redis.call('SADD', p .. ':types', kind) == 1 then
        redis.call('XGROUP', 'CREATE', stream(kind), group, '0', 'MKSTREAM')
      end
      local number = redis.call('INCR', p .. ':seq')
      redis.call('XADD', stream(kind), string.format('%d-1', number), 'e', line)
      local newest = redis.call('GET', p .. ':newest')
      if not newest or newest < id then redis.call('SET', p .. ':newest', id) end
      if handled == '1' then
        redis.call('SADD', p .. ':skip', string.format('%d', number))
      else
        redis.call('INCR', p .. ':pending')
      end
      added = added + 1
    end
  end
end
return added
"""
)

CLAIM = (
    _COMMON
    + """
-- ARGV: how many, milliseconds, token, owner, then types; none for all
local n, time, token, owner = tonumber(ARGV[1]), now(), ARGV[3], ARGV[4]
local wanted, kinds = nil, redis.call('SMEMBERS', p .. ':types')
if #ARGV > 4 then
  wanted = {}
  for i = 5, #ARGV do wanted[ARGV[i]] = true end
end
local found = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', p .. ':leases', '-inf', time, 'LIMIT', 0, wanted and -1 or n)) do
  local number, kind = split(member)
  if not wanted or wanted[kind] then found[#found + 1] = {tonumber(number), kind, true} end
end
for _, kind in ipairs(kinds) do
  if not wanted or wanted[kind] then
    local fresh, from = 0, '(' .. delivered(kind)
    while fresh < n do
      local entries = redis.call('XRANGE', stream(kind), from, '+', 'COUNT', n)
      for _, entry in ipairs(entries) do
        local number = string.match(entry[1], '^%d+')
        local skipped = redis.call('SISMEMBER', p .. ':skip', number) == 1
        if not skipped and fresh < n then
          fresh = fresh + 1
          found[#found + 1] = {tonumber(number), kind, false}
        end
        from = '(' .. entry[1]
      end
      if #entries < n then break end
    end
  end
end
table.sort(found, function(a, b) return a[1] < b[1] end)
local take, result, last = {}, {}, {}
for i = 1, math.min(n, #found) do
  local number, kind, expired = found[i][1], found[i][2], found[i][3]
  if expired then
    redis.call('XCLAIM', stream(kind), group, owner, 0, string.format('%d-1', number), 'FORCE')
  else
    last[kind] = number
  end
  take[number] = true
end
for kind, number in pairs(last) do
  local start = delivered(kind)
  local count = #redis.call('XRANGE', stream(kind), '(' .. start, string.format('%d-1', number))
  redis.call('XREADGROUP', 'GROUP', group, owner, 'COUNT', count, 'STREAMS', stream(kind), '>')
  for _, entry in ipairs(redis.call('XRANGE', stream(kind), '(' .. start, string.format('%d-1', number))) do
    local one = string.match(entry[1], '^%d+')
    if redis.call('SREM', p .. ':skip', one) == 1 then redis.call('XACK', stream(kind), group, entry[1]) end
  end
end
for i = 1, math.min(n, #found) do
  local number, kind = string.format('%d', found[i][1]), found[i][2]
  local entry = redis.call('XRANGE', stream(kind), number .. '-1', number .. '-1')[1]
  redis.call('ZADD', p .. ':leases', time + ARGV[2], number .. ':' .. kind)
  redis.call('HSET', p .. ':tokens', number, token)
  result[#result + 1] = number
  result[#result + 1] = entry[2][2]
end
return result
"""
)

ACK = (
    _COMMON
    + """
-- ARGV: number, type, token for each event; without a token it is acknowledged unless it was claimed. 1 where it was done
local result = {}
for i = 1, #ARGV, 3 do
  local number, kind, token = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local fine = 0
  if token ~= '' then
    if redis.call('HGET', p .. ':tokens', number) == token then
      redis.call('XACK', stream(kind), group, number .. '-1')
      redis.call('HDEL', p .. ':tokens', number)
      redis.call('ZREM', p .. ':leases', number .. ':' .. kind)
      fine = 1
    end
  elseif tonumber(string.match(delivered(kind), '^%d+')) < tonumber(number) then
    fine = redis.call('SADD', p .. ':skip', number)
  end
  if fine == 1 then redis.call('DECR', p .. ':pending') end
  result[#result + 1] = fine
end
return result
"""
)

RELEASE = (
    _COMMON
    + """
-- ARGV: number, type, token for each event
for i = 1, #ARGV, 3 do
  if redis.call('HGET', p .. ':tokens', ARGV[i]) == ARGV[i + 2] then
    redis.call('ZADD', p .. ':leases', 0, ARGV[i] .. ':' .. ARGV[i + 1])
    redis.call('HDEL', p .. ':tokens', ARGV[i])
  end
end
return 1
"""
)

UNFINISHED = (
    _COMMON
    + """
-- Returns pairs of type and number: what is claimed or waits
local result = {}
for _, member in ipairs(redis.call('ZRANGE', p .. ':leases', 0, -1)) do
  local number, kind = split(member)
  result[#result + 1] = kind
  result[#result + 1] = number
end
for _, kind in ipairs(redis.call('SMEMBERS', p .. ':types')) do
  for _, entry in ipairs(redis.call('XRANGE', stream(kind), '(' .. delivered(kind), '+')) do
    local number = string.match(entry[1], '^%d+')
    if redis.call('SISMEMBER', p .. ':skip', number) == 0 then
      result[#result + 1] = kind
      result[#result + 1] = number
    end
  end
end
return result
"""
)

OLDEST = (
    _COMMON
    + """
local best, line = nil, false
local function look(number, entry)
  if not best or number < best then best, line = number, entry[2][2] end
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', p .. ':leases', '-inf', now())) do
  local number, kind = split(member)
  local entry = redis.call('XRANGE', stream(kind), number .. '-1', number .. '-1')[1]
  if entry then look(tonumber(number), entry) end
end
for _, kind in ipairs(redis.call('SMEMBERS', p .. ':types')) do
  local from = '(' .. delivered(kind)
  while true do
    local entry = redis.call('XRANGE', stream(kind), from, '+', 'COUNT', 1)[1]
    if not entry then break end
    local number = string.match(entry[1], '^%d+')
    if redis.call('SISMEMBER', p .. ':skip', number) == 0 then
      look(tonumber(number), entry)
      break
    end
    from = '(' .. entry[1]
  end
end
return line
"""
)

REOPEN = (
    _COMMON
    + """
-- ARGV: number, type for each event; what is pending is left alone. Returns how many
local opened = 0
for i = 1, #ARGV, 2 do
  local number, kind = ARGV[i], ARGV[i + 1]
  local fresh = tonumber(string.match(delivered(kind), '^%d+')) < tonumber(number)
  local done = not redis.call('ZSCORE', p .. ':leases', number .. ':' .. kind)
  if fresh then
    done = redis.call('SREM', p .. ':skip', number) == 1
  elseif done then
    redis.call('ZADD', p .. ':leases', 0, number .. ':' .. kind)
  end
  if done then
    redis.call('INCR', p .. ':pending')
    opened = opened + 1
  end
end
return opened
"""
)
