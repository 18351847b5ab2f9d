/**
 * Redis side of the rank index (06 §7.1). All keys of a board share the hash tag `{id}`, so a cluster keeps them
 * together: `z` the sorted set, `m` participant → `<revision>|<member>`, `v` the version, `ok` the life of Redis in
 * which the index became complete, `late` what was written while it was not, `building` who builds it now, `watched`
 * while somebody streams the board.
 *
 * A participant who has left the board stays in `m` with an empty member: a call that is late and still knows an older
 * revision of the row would bring it back.
 *
 * A life is one run of the server. An index of an earlier life is not complete, whatever its keys say: a server that
 * came back from its own file, or a replica that took over, may lack the last writes.
 */
export const lifetimeOfLateSeconds = 3_600;

const memberIn = `
local function memberIn(m, participant)
  local present = redis.call('HGET', m, participant)
  local member = present and string.sub(present, string.find(present, '|', 1, true) + 1)
  return member ~= '' and member
end
`;

/** Rows put into a set by one command: far below what `unpack` can hand over. */
const rowsACommandMax = 500;

/**
 * `list` holds n × (participant, revision, score, member) from `first` on. A command a row would be written to the server's
 * own file, and sent to its replicas, row by row (8 µs a row against 5).
 */
const placeAll = `
local function placeAll(z, m, list, first, n)
  local changed = false
  local gone, added, held = {}, {}, {}
  local function write()
    if #gone > 0 then redis.call('ZREM', z, unpack(gone)) end
    if #added > 0 then redis.call('ZADD', z, unpack(added)) end
    if #held > 0 then redis.call('HSET', m, unpack(held)) end
    changed = changed or #held > 0
    gone, added, held = {}, {}, {}
  end
  for from = 0, n - 1, ${rowsACommandMax} do
    local last = math.min(from + ${rowsACommandMax}, n) - 1
    local participants, seen = {}, {}
    for i = from, last do participants[#participants + 1] = list[first + i * 4] end
    local present = redis.call('HMGET', m, unpack(participants))
    for i = from, last do
      local at = first + i * 4
      local participant, revision, member = list[at], list[at + 1], list[at + 3]
      local before = present[i - from + 1]
      if seen[participant] then
        write()
        before = redis.call('HGET', m, participant)
      end
      seen[participant] = true
      local bar = before and string.find(before, '|', 1, true)
      if not before or tonumber(string.sub(before, 1, bar - 1)) < tonumber(revision) then
        if before and #before > bar then gone[#gone + 1] = string.sub(before, bar + 1) end
        if member ~= '' then
          added[#added + 1] = list[at + 2]
          added[#added + 1] = member
        end
        held[#held + 1] = participant
        held[#held + 1] = revision .. '|' .. member
      end
    end
    write()
  end
  return changed
end
`;

/**
 * KEYS z m v ok late watched · ARGV: life, n, then n × (participant, revision, score, member), then watched participants.
 * An empty member takes the participant out. Returns {complete, watched, when both a flat list of (rank, score) of the participants asked for}.
 * A revision that is not greater than the one held is ignored, so late and repeated calls cannot undo a newer score.
 * While the index is incomplete the rows wait in late for the builder.
 */
export const applyScript = `${placeAll}${memberIn}
local z, m, v, ok, late, watched = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local n = tonumber(ARGV[2])
if redis.call('GET', ok) ~= ARGV[1] then
  for i = 0, n - 1 do
    local at = 3 + i * 4
    local held = redis.call('HGET', late, ARGV[at])
    if not held or tonumber(string.match(held, '^(%d+)|')) < tonumber(ARGV[at + 1]) then
      redis.call('HSET', late, ARGV[at], ARGV[at + 1] .. '|' .. ARGV[at + 2] .. '|' .. ARGV[at + 3])
    end
  end
  if n > 0 then redis.call('EXPIRE', late, ${lifetimeOfLateSeconds}) end
  return {0, redis.call('EXISTS', watched)}
end
if placeAll(z, m, ARGV, 3, n) then redis.call('INCR', v) end
if redis.call('EXISTS', watched) == 0 then return {1, 0} end
local ranks = {}
for i = 3 + n * 4, #ARGV do
  local member = memberIn(m, ARGV[i])
  local rank, score = -1, '0'
  if member then
    rank = redis.call('ZREVRANK', z, member)
    score = redis.call('ZSCORE', z, member)
  end
  ranks[#ranks + 1] = rank
  ranks[#ranks + 1] = score
end
return {1, 1, ranks}
`;

/**
 * KEYS ok building · ARGV: life, build, lease in seconds. Returns `begun`, `built` when the index is complete already, or
 * `busy` while somebody else builds it: a second builder would make the first one's work worthless, and the other way
 * round, without end. From `begun` on writes wait in late, so rows read after it and late together are everything.
 */
export const beginScript = `
local ok, building = KEYS[1], KEYS[2]
if redis.call('GET', ok) == ARGV[1] then return 'built' end
if redis.call('EXISTS', building) == 1 then return 'busy' end
redis.call('DEL', ok)
redis.call('SET', building, ARGV[2], 'EX', ARGV[3])
return 'begun'
`;

/** KEYS building · ARGV: build, lease in seconds. 1 while the build is still the one that counts. */
export const holdScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[2])
`;

/**
 * KEYS z m v ok late building temporaryZ temporaryM · ARGV: life, build. Swaps a freshly built index in, adds what was
 * written meanwhile, marks it complete; 0 when the build lost its lease. An empty board has no temporary keys.
 * The version goes on from the clock, so that an index made anew never bears the version of an earlier one.
 */
export const adoptScript = `${placeAll}
local z, m, v, ok, late, building = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local temporaryZ, temporaryM = KEYS[7], KEYS[8]
if redis.call('GET', building) ~= ARGV[2] then
  redis.call('UNLINK', temporaryZ, temporaryM)
  return 0
end
redis.call('UNLINK', z, m, building)
if redis.call('EXISTS', temporaryZ) == 1 then
  redis.call('RENAME', temporaryZ, z)
  redis.call('RENAME', temporaryM, m)
  redis.call('PERSIST', z)
  redis.call('PERSIST', m)
end
local waiting, rows = redis.call('HGETALL', late), {}
for i = 1, #waiting, 2 do
  rows[#rows + 1] = waiting[i]
  for part in string.gmatch(waiting[i + 1] .. '|', '([^|]*)|') do rows[#rows + 1] = part end
end
placeAll(z, m, rows, 1, #waiting / 2)
redis.call('DEL', late)
local time = redis.call('TIME')
local microseconds = time[1] .. string.format('%06d', tonumber(time[2]))
local counted = redis.call('INCR', v)
if counted < tonumber(microseconds) then redis.call('SET', v, microseconds) end
redis.call('SET', ok, ARGV[1])
return 1
`;

/**
 * KEYS z m v ok · ARGV: life, participant or '', rows wanted (0 = none).
 * Returns {complete, version, self rank or -1, self score, flat list of (member, score)}.
 */
export const readScript = `${memberIn}
local z, m, v, ok = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('GET', ok) ~= ARGV[1] then return {0} end
local rank, score = -1, '0'
local member = memberIn(m, ARGV[2])
if member then
  rank = redis.call('ZREVRANK', z, member)
  score = redis.call('ZSCORE', z, member)
end
local rows = {}
local wanted = tonumber(ARGV[3])
if wanted > 0 then rows = redis.call('ZREVRANGE', z, 0, wanted - 1, 'WITHSCORES') end
return {1, redis.call('GET', v) or '0', rank, score, rows}
`;

/**
 * KEYS z m ok · ARGV: life, participants. Returns {complete, what m holds of each, the score of each}, read at one time.
 */
export const heldScript = `
local z, m, ok = KEYS[1], KEYS[2], KEYS[3]
if redis.call('GET', ok) ~= ARGV[1] then return {0} end
local places, scores = {}, {}
for i = 2, #ARGV do
  local place = redis.call('HGET', m, ARGV[i])
  places[i - 1] = place
  scores[i - 1] = place and redis.call('ZSCORE', z, string.sub(place, string.find(place, '|', 1, true) + 1))
end
return {1, places, scores}
`;

/**
 * KEYS z m ok · ARGV: life, participants. Returns {complete, how many stand there, rank of each or -1}, read at one time.
 */
export const placesScript = `${memberIn}
local z, m, ok = KEYS[1], KEYS[2], KEYS[3]
if redis.call('GET', ok) ~= ARGV[1] then return {0} end
local ranks = {}
for i = 2, #ARGV do
  local member = memberIn(m, ARGV[i])
  ranks[i - 1] = member and redis.call('ZREVRANK', z, member) or -1
end
return {1, redis.call('ZCARD', z), ranks}
`;
