-- The books of a vault's quotas, as one script: the twin of Books and what that is made of, in
-- vaultio/limiter/, where all is explained; each part has the name of its module. All state is in
-- one hash: the field "state" has what changes with each exchange, and each cell of time in which
-- tokens cool has a field of its own, so that an exchange touches few of them.
--
-- Numbers are doubles, times are seconds since the books began. The parts are put together in
-- their order and make one script.

local KEY = KEYS[1]
local ROUNDING_S = 1e-6
local FIELDS_AT_ONCE = 64
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max

-- Tokens that come back `after_s` after they were put in. `kept` is what `keep_cooling` made;
-- `first` and `last` are the indexes between which there are cells.
local function open_cooling(id, after_s, cell_s, kept)
  return {
    id = id, after_s = after_s, cell_s = cell_s, cells = {}, changed = {}, early = 0,
    count = kept and kept.count or 0,
    first = kept and kept.first or false,
    last = kept and kept.last or false,
  }
end

local function field_of(cooling, index)
  return cooling.id .. string.format("%.0f", index)
end

-- Fetch the cells from this index on, as far as they are not here yet.
local function fetch(cooling, index)
  local fields, indexes = {}, {}
  for i = index, min(index + FIELDS_AT_ONCE - 1, cooling.last) do
    if cooling.cells[i] == nil then
      fields[#fields + 1], indexes[#indexes + 1] = field_of(cooling, i), i
    end
  end
  local found = redis.call("HMGET", KEY, unpack(fields))
  for n, i in ipairs(indexes) do
    cooling.cells[i] = false
    if found[n] then
      local latest_s, count = cmsgpack.unpack(found[n])
      cooling.cells[i] = {latest_s = latest_s, count = count}
    end
  end
end

local function cell_at(cooling, index)
  if not cooling.first or index < cooling.first or index > cooling.last then
    return false
  end
  if cooling.cells[index] == nil then
    fetch(cooling, index)
  end
  return cooling.cells[index]
end

local function add(cooling, at_s, count, now)
  local index = floor(at_s / cooling.cell_s) + 0 -- makes 0 of -0, which has a name of its own
  local cell = cell_at(cooling, index)
  cooling.count = cooling.count + count
  if cell then
    cell.latest_s = max(cell.latest_s, at_s)
    cell.count = cell.count + count
  elseif at_s + cooling.after_s <= now + ROUNDING_S then
    -- It would be let go of at once. However old it is, no row of empty cells comes of it.
    cooling.early = cooling.early + count
    return
  else
    cooling.cells[index] = {latest_s = at_s, count = count}
    cooling.first = cooling.first and min(cooling.first, index) or index
    cooling.last = cooling.last and max(cooling.last, index) or index
  end
  cooling.changed[index] = true
end

local function release(cooling, now)
  local back = cooling.early
  cooling.early = 0
  while cooling.first do
    local index = cooling.first
    local cell = cell_at(cooling, index)
    if cell then
      if cell.latest_s + cooling.after_s > now + ROUNDING_S then
        break
      end
      back = back + cell.count
      cooling.cells[index], cooling.changed[index] = false, true
    end
    if index == cooling.last then
      cooling.first, cooling.last = false, false
    else
      cooling.first = index + 1
    end
  end
  cooling.count = cooling.count - back
  return back
end

-- Iterate over (instant, tokens that come back then), soonest first.
local function returns_of(cooling)
  local index = cooling.first
  return function()
    while index and index <= cooling.last do
      local cell = cell_at(cooling, index)
      index = index + 1
      if cell then
        return cell.latest_s + cooling.after_s, cell.count
      end
    end
  end
end

-- Write the cells that changed; return the rest, for "state".
local function keep_cooling(cooling, sets, gone)
  for index in pairs(cooling.changed) do
    local cell = cooling.cells[index]
    if cell then
      sets[#sets + 1] = field_of(cooling, index)
      sets[#sets + 1] = cmsgpack.pack(cell.latest_s, cell.count)
    else
      gone[#gone + 1] = field_of(cooling, index)
    end
  end
  return {count = cooling.count, first = cooling.first, last = cooling.last}
end
