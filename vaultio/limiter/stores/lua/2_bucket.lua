-- vaultio/limiter/bucket.py

local CLOCKS_DIFFER = 1.001
local FOREIGN_MEMORY_S = 3600
local FOREIGN_MARGIN = 0.02
local CROWDED_WINDOWS = 30
local LATE_WORD = 1 / 50

local Bucket = {}
Bucket.__index = Bucket

-- `quota` has limit, window_s, fixed; `kept` is what `keep` made, nil for new books. The limit is
-- what the server told; as long as it told none, the setting of whoever asks.
local function open_bucket(name, quota, rules, cells, kept)
  local held_s, cell_s = quota.window_s * CLOCKS_DIFFER, quota.window_s / cells
  local b = kept or {open = {}, foreign = {0, 0}, crowd = {0, 0}, returned = {}}
  b.limit, b.server_limit, b.ceiling = quota.limit, quota.limit, quota.limit
  b.name, b.fixed, b.window_s, b.held_s = name, quota.fixed, quota.window_s, held_s
  b.lease_s, b.foreign_s = rules.lease_s, min(held_s, FOREIGN_MEMORY_S)
  b.under_way = 0
  for _, held in ipairs(b.open) do
    b.under_way = b.under_way + held[2]
  end
  local id = string.sub(name, 1, 1)
  b.answered = open_cooling(id .. "a", held_s, cell_s, b.answered)
  b.given_up = open_cooling(id .. "g", held_s + rules.linger_s, cell_s, b.given_up)
  setmetatable(b, Bucket)
  if b.told then
    b:hear(b.told)
  end
  return b
end

function Bucket:keep(sets, gone)
  return {
    told = self.told, open = self.open, returned = self.returned,
    foreign = self.foreign, crowd = self.crowd,
    answered = keep_cooling(self.answered, sets, gone),
    given_up = keep_cooling(self.given_up, sets, gone),
  }
end

-- A limit of nothing is no word.
function Bucket:hear(limit)
  self.told, self.server_limit = limit, limit > 0 and limit or self.ceiling
  self.limit = self.fixed and min(self.server_limit, self.ceiling) or self.server_limit
end

function Bucket:own()
  return self.under_way + self.answered.count + self.given_up.count
end

function Bucket:withheld()
  local foreign = self.foreign[1]
  foreign = foreign + min(foreign, floor(self.limit * FOREIGN_MARGIN))
  return max(0, max(foreign, self.crowd[1]) - (self.server_limit - self.limit))
end

function Bucket:advance(now)
  while self.open[1] and self.open[1][3] <= now do
    local lease = table.remove(self.open, 1)
    self.under_way = self.under_way - lease[2]
    add(self.answered, lease[3], lease[2], now)
  end
  local back = release(self.answered, now) + release(self.given_up, now)
  if back > 0 then
    self.returned[#self.returned + 1] = {now, back}
  end
  while self.returned[1] and self.returned[1][1] < now - self.window_s * LATE_WORD do
    table.remove(self.returned, 1)
  end
  for _, others in ipairs({self.foreign, self.crowd}) do
    if others[2] <= now + ROUNDING_S then
      others[1] = 0
    end
  end
end

-- Below 0 if too many are out already.
function Bucket:balance(now)
  self:advance(now)
  return self.limit - self:own() - self:withheld()
end

function Bucket:left(now)
  return max(0, self:balance(now))
end

function Bucket:has_own_token(now)
  self:advance(now)
  return self:own() < self.limit
end

-- Iterate over (instant, tokens), soonest first, of all that comes back.
function Bucket:returns(now)
  local sources, withheld = {returns_of(self.answered), returns_of(self.given_up)}, self:withheld()
  if withheld > 0 then
    local others_s = max(self.foreign[1] > 0 and self.foreign[2] or 0, self.crowd[2])
    local told = false
    sources[3] = function()
      if not told then
        told = true
        return others_s, withheld
      end
    end
  end
  local heads = {}
  for n, source in ipairs(sources) do
    heads[n] = {source()}
  end
  local has_told_last = false
  return function()
    local soonest
    for n, head in ipairs(heads) do
      if head[1] and (not soonest or head[1] < heads[soonest][1]) then
        soonest = n
      end
    end
    if soonest then
      local at_s, count = heads[soonest][1], heads[soonest][2]
      heads[soonest] = {sources[soonest]()}
      return at_s, count
    end
    if self.under_way > 0 and not has_told_last then
      has_told_last = true
      return now + self.held_s, self.under_way
    end
  end
end

function Bucket:wait_s(count, now)
  local left = self:balance(now)
  if count <= left then
    return 0
  end
  local rounds = floor((count - 1) / self.limit)
  local missing = (count - 1) % self.limit + 1 - left
  if missing <= 0 then
    return rounds * self.window_s
  end
  for at_s, tokens in self:returns(now) do
    missing = missing - tokens
    if missing <= 0 then
      return max(0, at_s - now) + rounds * self.window_s
    end
  end
  return (rounds + 1) * self.window_s
end

function Bucket:hold(name, count, now)
  self:advance(now)
  for n, held in ipairs(self.open) do
    if held[1] == name then
      self.under_way = self.under_way - held[2]
      table.remove(self.open, n)
      break
    end
  end
  self.under_way = self.under_way + count
  if count > 0 then
    self.open[#self.open + 1] = {name, count, now + self.lease_s}
  end
end

function Bucket:cool(count, at_s, answered, now)
  add(answered and self.answered or self.given_up, at_s, count, now)
end

function Bucket:returned_since(at_s)
  local sum = 0
  for _, returned in ipairs(self.returned) do
    if returned[1] >= at_s then
      sum = sum + returned[2]
    end
  end
  return sum
end

function Bucket:observe(limit, remaining, now, age_s)
  self:advance(now)
  if limit then
    self:hear(limit)
  end
  if not remaining or age_s > self.window_s * LATE_WORD then
    return
  end
  local counted = max(0, self.server_limit - remaining)
  local unexplained = counted - self:own() - self:returned_since(now - age_s)
  if unexplained > 0 and unexplained >= self.foreign[1] then
    self.foreign = {unexplained, now + self.foreign_s}
  else
    self.foreign[1] = min(self.foreign[1], counted)
  end
end

function Bucket:make_room(calls, now)
  self:advance(now)
  self.crowd = {
    min(self.crowd[1] + calls, floor(self.limit / 2)),
    now + CROWDED_WINDOWS * self.window_s,
  }
end

function Bucket:distrust(now)
  self:advance(now)
  self.foreign = {self.server_limit, now + self.foreign_s}
end

function Bucket:trust(remaining, now)
  self:advance(now)
  local used = remaining and self.server_limit - remaining - self:own() or 0
  self.foreign[1] = min(self.foreign[1], max(0, used))
end

-- Return used, others, left, and the seconds until a token comes back or nil.
function Bucket:state(now)
  local left, at_s = self:left(now), self:returns(now)()
  local due_s = at_s and left ~= self.limit and max(0, at_s - now) or nil
  return self:own(), self.foreign[1], left, due_s
end
