-- vaultio/limiter/quotas.py

local CELLS = {burst = 300, daily = 1440}
local STANDING_SHARE = 0.05
local LULLS_MATTER_WINDOWS, UNHEEDED_LULL = 30, 4
local DEFAULT_WINDOW_S = 300

local Quotas = {}
Quotas.__index = Quotas

-- Python rounds a half to the even side.
local function round(value)
  local below = floor(value)
  if value - below == 0.5 then
    return below % 2 == 0 and below or below + 1
  end
  return floor(value + 0.5)
end

-- `kept` is what `keep` made, or an empty table.
local function open_quotas(rules, kept)
  local q = {
    rules = rules, buckets = {}, pacing = false,
    is_new = kept.is_new or false, in_doubt = kept.in_doubt or false,
    interactive_at_s = kept.interactive_at_s or LONG_AGO_S,
    delayed = kept.delayed or 0, refused = kept.refused or 0,
  }
  setmetatable(q, Quotas)
  local shortest_s
  for _, name in ipairs({"burst", "daily"}) do
    local quota = rules[name]
    if quota then
      local bucket = open_bucket(name, quota, rules, CELLS[name], kept[name])
      q[name] = bucket
      q.buckets[#q.buckets + 1] = bucket
      shortest_s = min(shortest_s or quota.window_s, quota.window_s)
    end
  end
  q.breaker = open_breaker(rules.lease_s, shortest_s or DEFAULT_WINDOW_S, kept.breaker)
  if rules.pace and q.buckets[1] then
    q.pacing = open_pacing(rules.pace, kept.pacing)
    q:follow()
  end
  return q
end

function Quotas:keep(sets, gone)
  return {
    is_new = self.is_new, in_doubt = self.in_doubt, interactive_at_s = self.interactive_at_s,
    delayed = self.delayed, refused = self.refused,
    burst = self.burst and self.burst:keep(sets, gone),
    daily = self.daily and self.daily:keep(sets, gone),
    breaker = self.breaker:keep(), pacing = self.pacing and self.pacing:keep(),
  }
end

function Quotas:limit(name)
  return self[name] and self[name].limit or 0
end

function Quotas:reserve(bucket, priority, now)
  if priority == "interactive" then
    return 0
  end
  local wanted = now - self.interactive_at_s < bucket.window_s
  local share = self.rules.reserved_share * (wanted and 1 or STANDING_SHARE)
  local reserve = min(round(bucket.limit * share), bucket.limit - 1)
  return wanted and reserve or max(reserve, self:kept_for_a_lull(bucket, now))
end

-- As vaultio/limiter/lulls.py does.
function Quotas:kept_for_a_lull(bucket, now)
  if bucket.name ~= "burst" then
    return 0
  end
  local share = min(round(bucket.limit * self.rules.reserved_share), bucket.limit - 1)
  local calls_per_second, wanted, back = share / bucket.window_s, 0, 0
  local lately = now - self.interactive_at_s < LULLS_MATTER_WINDOWS * bucket.window_s
  local unheeded_s = (lately and 0 or UNHEEDED_LULL) * bucket.window_s / bucket.limit
  for at_s, tokens in bucket:returns(now) do
    if at_s - now <= unheeded_s and back == 0 then
      return 0
    end
    wanted = max(wanted, calls_per_second * (at_s - now) - back)
    back = back + tokens
    if back >= share then
      break
    end
  end
  return min(share, max(0, ceil(wanted - share / bucket.limit)))
end

function Quotas:may_look(now)
  for _, bucket in ipairs(self.buckets) do
    if not bucket:has_own_token(now) then
      return false
    end
  end
  return self.in_doubt
end

function Quotas:wait_s(priority, ahead, now)
  local wait_s = self.breaker:wait_s(now)
  if not self:may_look(now) then
    for _, bucket in ipairs(self.buckets) do
      local count = 1 + ahead + self:reserve(bucket, priority, now)
      wait_s = max(wait_s, bucket:wait_s(count, now))
    end
  end
  if self.pacing then
    wait_s = max(wait_s, self.pacing:wait_s(priority, 1 + ahead, now))
  end
  return wait_s
end

function Quotas:room(priority, now)
  if self.breaker:is_open() or self.breaker:wait_s(now) > 0 then
    return self:wait_s(priority, 0, now) == 0 and 1 or 0
  end
  local room = self.pacing and self.pacing:room(priority, now) or math.huge
  for _, bucket in ipairs(self.buckets) do
    room = min(room, bucket:left(now) - self:reserve(bucket, priority, now))
  end
  return max(0, room)
end

function Quotas:spare(now)
  if self.breaker:is_open() then
    return 0
  end
  for _, bucket in ipairs(self.buckets) do
    if bucket:left(now) < floor(bucket.limit / 2) then
      return 0
    end
  end
  return floor(self:room("bulk", now) / 8)
end

function Quotas:hold(name, count, now)
  for _, bucket in ipairs(self.buckets) do
    bucket:hold(name, count, now)
  end
end

function Quotas:spend(ticket, count, now)
  if self.pacing then
    self.pacing:take(now, count)
  end
  self.breaker:take(ticket, now)
end

function Quotas:put_back(count, now)
  if self.pacing and count > 0 then
    self.pacing:take(now, -count)
  end
end

function Quotas:cool(ages, now, answered, only)
  for _, bucket in ipairs(self.buckets) do
    if not only or only == bucket.name then
      for _, age in ipairs(ages) do
        bucket:cool(age[2], now - age[1], answered, now)
      end
    end
  end
end

-- `told` has age_s, exceeded, answered, delayed; `reading` is nil if nothing was said.
function Quotas:learn(ticket, reading, told, now)
  local is_news = told.exceeded and not self.breaker:is_open()
  local reopened = self.breaker:settle(ticket, now, told.answered, told.exceeded)
  if reopened and self.in_doubt then
    self:end_doubt(reading or {}, now)
  elseif reading and not self.in_doubt then
    self:believe(reading, now, told.age_s)
  end
  self.delayed = self.delayed + told.delayed
  self.refused = self.refused + (told.exceeded and 1 or 0)
  if told.delayed > 0 and self.pacing then
    self.pacing:slow_down(now)
  end
  local calls = told.delayed + (is_news and 1 or 0)
  if calls > 0 and self.burst then
    self.burst:make_room(calls, now)
  end
  if self.pacing and reopened and not self.is_new then
    self.pacing:drain(now)
  end
  self.is_new = self.is_new and not reopened
end

function Quotas:renew(ticket, now)
  for _, bucket in ipairs(self.buckets) do
    for _, held in ipairs(bucket.open) do
      if held[1] == ticket then
        bucket:hold(ticket, held[2], now)
        break
      end
    end
  end
  self.breaker:renew(ticket, now)
end

function Quotas:ask_first(now)
  self.is_new = true
  self.breaker:open(now, 0)
end

function Quotas:distrust(now, grace_s)
  self.in_doubt = true
  self.breaker:open(now, grace_s)
  for _, bucket in ipairs(self.buckets) do
    bucket:distrust(now)
  end
end

function Quotas:end_doubt(said, now)
  self.in_doubt = false
  if self.burst and said.burst_remaining then
    self.burst:observe(said.burst_limit, nil, now, 0)
    self.burst:trust(said.burst_remaining, now)
  end
  if self.daily then
    self.daily:observe(said.daily_limit, nil, now, 0)
    self.daily:trust(said.daily_remaining, now)
  end
  self:follow()
end

function Quotas:believe(reading, now, age_s)
  if self.burst then
    self.burst:observe(reading.burst_limit, reading.burst_remaining, now, age_s)
  end
  if self.daily then
    self.daily:observe(reading.daily_limit, reading.daily_remaining, now, age_s)
  end
  self:follow()
end

function Quotas:follow()
  if self.pacing then
    self.pacing:follow(self.buckets[1].limit, self.buckets[1].window_s)
  end
end
