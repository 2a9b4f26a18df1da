-- vaultio/limiter/pacing.py and vaultio/limiter/breaker.py

local HALVED_AT_MOST_EVERY = 1 / 60
local DOUBLED_EVERY = 1 / 5
local SLOWEST = 1 / 32
local ABOVE_THE_QUOTA = 1.05
local SCRIPT = 100
local ENOUGH_DOUBLINGS = 10
local LONG_AGO_S = -1e9
local FIRST_PAUSE = 1 / 60
local LONGEST_PAUSE = 1 / 5
local LOOK_AGAIN = 1 / 300
local PRIORITIES = {"bulk", "interactive"}

local Pacing = {}
Pacing.__index = Pacing

local function open_pacing(pace, kept)
  local p = kept or {levels = {}, now = LONG_AGO_S, factor = 1, halved_at_s = LONG_AGO_S}
  p.pace = pace
  return setmetatable(p, Pacing)
end

function Pacing:keep()
  return {
    levels = self.levels, now = self.now, factor = self.factor, halved_at_s = self.halved_at_s,
  }
end

function Pacing:follow(limit, window_s)
  local pace = self.pace
  self.window_s = window_s
  self.calls_per_second = pace.calls_per_second or ABOVE_THE_QUOTA * limit / window_s
  self.bursts = {
    bulk = pace.burst or max(SCRIPT, ceil(limit * 0.05)),
    interactive = pace.interactive_burst or max(SCRIPT, ceil(limit * 0.5)),
  }
  for _, priority in ipairs(PRIORITIES) do
    local burst = self.bursts[priority]
    self.levels[priority] = min(self.levels[priority] or burst, burst)
  end
end

function Pacing:refill(now)
  local passed_s = now - self.now
  if passed_s <= 0 then
    return
  end
  self.now = now
  if self.factor < 1 then
    local doublings = passed_s / (DOUBLED_EVERY * self.window_s)
    self.factor = min(1, self.factor * 2 ^ min(doublings, ENOUGH_DOUBLINGS))
  end
  for priority, burst in pairs(self.bursts) do
    local level = self.levels[priority] + passed_s * (self.calls_per_second * self.factor)
    self.levels[priority] = min(burst, level)
  end
end

function Pacing:wait_s(priority, count, now)
  self:refill(now)
  return max(0, (count - self.levels[priority]) / (self.calls_per_second * self.factor))
end

function Pacing:room(priority, now)
  self:refill(now)
  return floor(self.levels[priority] + ROUNDING_S)
end

-- Note that so many calls were let out; below 0, that they were not sent after all.
function Pacing:take(now, count)
  self:refill(now)
  for priority, burst in pairs(self.bursts) do
    self.levels[priority] = min(burst, max(0, self.levels[priority] - count))
  end
end

function Pacing:slow_down(now)
  self:refill(now)
  if now - self.halved_at_s < HALVED_AT_MOST_EVERY * self.window_s then
    return
  end
  self.halved_at_s = now
  self.factor = max(SLOWEST, self.factor / 2)
  for _, priority in ipairs(PRIORITIES) do
    self.levels[priority] = self.levels[priority] / 2
  end
end

function Pacing:drain(now)
  self:refill(now)
  self.levels = {bulk = 0, interactive = 0}
end

local Breaker = {}
Breaker.__index = Breaker

local function open_breaker(lease_s, window_s, kept)
  local b = kept or {pause_s = 0, probe_at_s = 0, probe = false}
  b.lease_s, b.window_s = lease_s, window_s
  return setmetatable(b, Breaker)
end

function Breaker:keep()
  return {pause_s = self.pause_s, probe_at_s = self.probe_at_s, probe = self.probe}
end

function Breaker:is_open()
  return self.pause_s > 0
end

function Breaker:wait_s(now)
  if self.probe and now < self.probe_at_s + self.lease_s then
    return LOOK_AGAIN * self.window_s
  end
  return self:is_open() and max(0, self.probe_at_s - now) or 0
end

function Breaker:take(ticket, now)
  if self:is_open() then
    self.probe, self.probe_at_s = ticket, now
  end
end

function Breaker:renew(ticket, now)
  if ticket == self.probe then
    self.probe_at_s = now
  end
end

function Breaker:open(now, pause_s)
  self.probe, self.probe_at_s = false, now + pause_s
  self.pause_s = max(self.pause_s, FIRST_PAUSE * self.window_s)
end

function Breaker:settle(ticket, now, answered, exceeded)
  local is_probe = self.probe and ticket == self.probe
  if not is_probe and not (exceeded and not self:is_open()) then
    return false
  end
  self.probe = false
  if answered and not exceeded then
    self.pause_s, self.probe_at_s = 0, 0
    return true
  end
  local longer_s = max(exceeded and 2 * self.pause_s or self.pause_s, FIRST_PAUSE * self.window_s)
  self.pause_s = min(longer_s, LONGEST_PAUSE * self.window_s)
  self.probe_at_s = now + self.pause_s
  return false
end

function Breaker:give_back(ticket)
  if ticket == self.probe then
    self.probe = false
  end
end
