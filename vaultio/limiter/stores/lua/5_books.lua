-- vaultio/limiter/books.py, the clock, and the ways in.
--
-- KEYS[1] is the hash of a vault's books. ARGV: what to do ("exchange", "wait_s", "usage"); the
-- rules as JSON, empty for those of the last exchange; what it is done with, as JSON; the asker's
-- clock in seconds or empty; for tests, the server's time in microseconds. The answer is a list of
-- texts, the first of which says what it is: integers in a reply have no fractions.

local VERSION = 1
local FORGOTTEN_AFTER_LEASES = 4
local REMEMBERED_EPOCHS = 8
local JUMP_S = 3
local KEPT_LONGER_S = 3600
local VALUES_AT_ONCE = 1000
local FAIR = 9
local LONGEST_PATIENCE_S = 2
local PATIENCE = 1 / 10

-- JSON's null is a value in Lua, and a true one.
local function without_nulls(value)
  if type(value) ~= "table" then
    return value
  end
  local clean = {}
  for key, one in pairs(value) do
    if one ~= cjson.null then
      clean[key] = without_nulls(one)
    end
  end
  return clean
end

local function exact(number)
  return string.format("%.17g", number)
end

local function server_us()
  if ARGV[5] then
    return tonumber(ARGV[5])
  end
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- The books' time in seconds. The server's clock may be set back: then time stands for a moment
-- and goes on from there. It may be set forward: no more passes than by the clock of who asks,
-- since that exchange of his which travelled least; clocks may drift apart a little meanwhile, and
-- an exchange may travel for a while.
local function tell_time(books, holder, clock_s)
  local at_us = server_us()
  local before_us = books.now_us or 0
  books.now_us = before_us + max(0, at_us - (books.server_us or at_us))
  books.server_us = at_us
  if clock_s then
    local known = books.holders[holder]
    local lead_s = books.now_us / 1e6 - clock_s
    if known and known.lead_s then
      local drift_s = max(0, clock_s - known.clock_s) * (CLOCKS_DIFFER - 1)
      local most_s = known.lead_s + drift_s
      if lead_s > most_s + JUMP_S then
        books.now_us = max(before_us, floor((most_s + clock_s) * 1e6))
        lead_s = books.now_us / 1e6 - clock_s
      else
        lead_s = min(lead_s, most_s)
      end
    end
    books.lead_s, books.clock_s = lead_s, clock_s
  end
  return books.now_us / 1e6
end

local function is_known_epoch(books, epoch)
  if epoch == "" or epoch == books.epoch then
    return true
  end
  for _, lost in ipairs(books.lost) do
    if lost == epoch then
      return true
    end
  end
  return false
end

local function distrust(books, quotas, now)
  books.doubted_at_s = now
  quotas:distrust(now, quotas.rules.lease_s)
end

local function notice_loss(books, quotas, report, booked, now)
  local new_epoch = string.format("%s-%.0f", report.holder, report.number)
  if books.epoch == "" then
    books.epoch = new_epoch
    if report.epoch == "" then
      quotas:ask_first(now)
    end
  end
  local is_behind = report.acknowledged > booked or report.seen > books.exchanges
  if report.epoch == books.epoch and is_behind then
    books.epoch = new_epoch
  end
  if not is_known_epoch(books, report.epoch) then
    table.insert(books.lost, report.epoch)
    if #books.lost > REMEMBERED_EPOCHS then
      table.remove(books.lost, 1)
    end
    distrust(books, quotas, now)
  elseif report.went_alone and now - books.doubted_at_s > 2 * quotas.rules.lease_s then
    distrust(books, quotas, now)
  end
end

local function wants_history(books, report)
  return not report.history and report.epoch ~= "" and report.epoch ~= books.epoch
end

local function book(books, quotas, report, now)
  local probe = report.holder .. "?"
  if not wants_history(books, report) then
    quotas:cool(report.answered, now, true)
    quotas:cool(report.given_up, now, false)
    for _, sent in ipairs(report.history or {}) do
      quotas:cool(sent[3], now, sent[2], sent[1])
    end
  end
  quotas:put_back(report.unsent, now)
  quotas:hold(report.holder, report.held, now)
  if report.interactive > 0 or report.served_interactive then
    quotas.interactive_at_s = now
  end
  if report.probe == "unsent" then
    quotas.breaker:give_back(probe)
  elseif report.probe == "held" then
    quotas:renew(probe, now)
  end
  local is_answered = report.probe == "answered" or report.probe == "exceeded"
  local has_ended = is_answered or report.probe == "lost"
  quotas:learn(has_ended and probe or report.holder, report.reading, {
    age_s = report.reading_age_s,
    exceeded = report.exceeded or report.probe == "exceeded",
    answered = is_answered,
    delayed = report.delayed,
  }, now)
end

local function let_out(quotas, report, priority, wanted, granted, now, kept)
  local room = wanted > 0 and quotas:room(priority, now) - (kept or 0) or 0
  local count = max(0, min(wanted, room))
  if count > 0 then
    quotas:hold(report.holder, report.held + granted + count, now)
    quotas:spend(report.holder .. "?", count, now)
  end
  return count
end

-- Whose turn it is among the holders, as in vaultio/limiter/turns.py.
local function owed_to_bulk(turns, now)
  return now < turns.bulk_until_s and floor(turns.passed / FAIR) or 0
end

local function is_interactives_turn(turns, now)
  return now < turns.interactive_until_s and owed_to_bulk(turns, now) == 0
end

local function note_interactive(turns, report, granted, patience_s, now)
  if report.interactive > 0 then
    local is_short = granted < max(report.interactive, report.waiting[1])
    turns.interactive_until_s = is_short and now + patience_s or LONG_AGO_S
  end
  if now < turns.bulk_until_s then
    turns.passed = turns.passed + granted
  end
end

local function note_bulk(turns, report, granted, patience_s, now)
  if report.bulk > 0 then
    if now >= turns.bulk_until_s then
      turns.passed = 0
    end
    turns.bulk_until_s = granted < report.bulk and now + patience_s or LONG_AGO_S
    turns.passed = max(0, turns.passed - FAIR * granted)
  end
end

local function bulk_let_out(turns, quotas, report, interactive, patience_s, now)
  local count, owed = 0, owed_to_bulk(turns, now)
  if owed > 0 then
    count = let_out(quotas, report, "interactive", min(report.bulk, owed), interactive, now)
  elseif not is_interactives_turn(turns, now) then
    count = let_out(quotas, report, "bulk", report.bulk, interactive, now)
  end
  note_bulk(turns, report, count, patience_s, now)
  return count
end

local function grant_for(books, quotas, report, now)
  local is_probe = quotas.breaker:is_open()
  local turns = books.turns
  local patience_s = min(LONGEST_PATIENCE_S, quotas.breaker.window_s * PATIENCE)
  local owed = owed_to_bulk(turns, now)
  local interactive = let_out(quotas, report, "interactive", report.interactive, 0, now, owed)
  note_interactive(turns, report, interactive, patience_s, now)
  local bulk = 0
  if not (is_probe and interactive > 0) then
    bulk = bulk_let_out(turns, quotas, report, interactive, patience_s, now)
  end
  local left = report.interactive + report.bulk - interactive - bulk
  if left == 0 and report.spare > 0 and not is_probe then
    local spare = min(report.spare, quotas:spare(now))
    bulk = bulk + let_out(quotas, report, "bulk", spare, interactive + bulk, now)
  end
  local waits_s = {0, 0}
  if left > 0 then
    local behind = is_interactives_turn(turns, now) and 1 or 0
    waits_s = {quotas:wait_s("interactive", 0, now), quotas:wait_s("bulk", behind, now)}
  end
  return {
    report.number, books.epoch, interactive, bulk, is_probe and interactive + bulk > 0 and 1 or 0,
    waits_s[1], waits_s[2], wants_history(books, report) and 1 or 0,
    quotas:limit("burst"), quotas:limit("daily"), books.exchanges,
  }
end

local function forget_holders(books, lease_s, now)
  for name, holder in pairs(books.holders) do
    if holder.seen_s < now - FORGOTTEN_AFTER_LEASES * lease_s then
      books.holders[name] = nil
    end
  end
end

local function write(books, quotas, rules_text)
  local sets, gone = {}, {}
  books.quotas, books.rules = quotas:keep(sets, gone), rules_text
  books.lead_s, books.clock_s = nil, nil
  sets[#sets + 1], sets[#sets + 2] = "state", cmsgpack.pack(books)
  for i = 1, #sets, VALUES_AT_ONCE do
    redis.call("HSET", KEY, unpack(sets, i, min(i + VALUES_AT_ONCE - 1, #sets)))
  end
  for i = 1, #gone, VALUES_AT_ONCE do
    redis.call("HDEL", KEY, unpack(gone, i, min(i + VALUES_AT_ONCE - 1, #gone)))
  end
  local longest_s = 0
  for _, bucket in ipairs(quotas.buckets) do
    longest_s = max(longest_s, bucket.given_up.after_s)
  end
  redis.call("PEXPIRE", KEY, string.format("%.0f", (longest_s + KEPT_LONGER_S) * 1000))
end

local function said(kind, values)
  local answer = {kind}
  for _, value in ipairs(values) do
    answer[#answer + 1] = type(value) == "number" and exact(value) or value
  end
  return answer
end

local function exchange(books, quotas, report, now)
  local known = books.holders[report.holder]
  local last = known and known.grant[1] or 0
  if report.number == last then
    return said("grant", known.grant)
  elseif report.number < last then
    return {"stale"}
  end
  notice_loss(books, quotas, report, last, now)
  books.exchanges = books.exchanges + 1
  book(books, quotas, report, now)
  local grant = grant_for(books, quotas, report, now)
  books.holders[report.holder] = {
    grant = grant, waiting = report.waiting, seen_s = now,
    lead_s = books.lead_s, clock_s = books.clock_s,
  }
  forget_holders(books, quotas.rules.lease_s, now)
  write(books, quotas, ARGV[2])
  return said("grant", grant)
end

local function usage(books, quotas, now)
  local waiting = {0, 0}
  for _, holder in pairs(books.holders) do
    if holder.seen_s > now - quotas.rules.lease_s then
      waiting = {waiting[1] + holder.waiting[1], waiting[2] + holder.waiting[2]}
    end
  end
  local values = {
    quotas.breaker:is_open() and 1 or 0, quotas.delayed, quotas.refused, waiting[1], waiting[2],
  }
  for _, bucket in ipairs(quotas.buckets) do
    local used, others, left, due_s = bucket:state(now)
    for _, value in ipairs({
      bucket.name, bucket.limit, bucket.window_s, used, others, left, due_s or "",
      quotas:reserve(bucket, "bulk", now),
    }) do
      values[#values + 1] = value
    end
  end
  return said("usage", values)
end

-- When a token comes back must be the same for all.
local function differ(one, other)
  for _, name in ipairs({"burst", "daily"}) do
    if (one[name] and one[name].window_s) ~= (other[name] and other[name].window_s) then
      return true
    end
  end
  return one.linger_s ~= other.linger_s or one.lease_s ~= other.lease_s
end

local function main()
  local packed, rules = redis.call("HGET", KEY, "state"), nil
  local books = {
    version = VERSION, epoch = "", lost = {}, doubted_at_s = LONG_AGO_S, holders = {}, quotas = {},
    exchanges = 0,
    turns = {interactive_until_s = LONG_AGO_S, bulk_until_s = LONG_AGO_S, passed = 0},
  }
  if packed then
    books = cmsgpack.unpack(packed)
    if type(books) ~= "table" or books.version ~= VERSION then
      return {"version"}
    end
  elseif ARGV[2] == "" then
    return {"nothing"}
  end
  rules = without_nulls(cjson.decode(ARGV[2] ~= "" and ARGV[2] or books.rules))
  if books.rules and books.rules ~= ARGV[2] and differ(rules, without_nulls(cjson.decode(books.rules))) then
    return {"differs", books.rules}
  end
  local asked = without_nulls(cjson.decode(ARGV[3]))
  local now = tell_time(books, asked.holder, tonumber(ARGV[4] or ""))
  local quotas = open_quotas(rules, books.quotas)
  if ARGV[1] == "exchange" then
    return exchange(books, quotas, asked, now)
  elseif ARGV[1] == "usage" then
    return usage(books, quotas, now)
  end
  return {"wait_s", exact(quotas:wait_s(asked.priority, asked.ahead, now))}
end

return main()
