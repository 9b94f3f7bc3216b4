-- Valkey that comes later than the filter, or comes back: rspamd gives its scripts up for good when a socket cannot be
-- opened (lua_redis, « fatal_error »), and would judge without what it learned until its next start. Asked again here.
local lua_redis = require "lua_redis"
local util = require "rspamd_util"
local socket = rspamd_config:get_all_opt("redis").servers

local function scripts()
  for number = 1, 60 do
    local name, value = debug.getupvalue(lua_redis.exec_redis_script, number)
    if name == "redis_scripts" then return value end
    if not name then return {} end
  end
  return {}
end

local function take_up_again()
  if util.file_exists(socket) then
    for _, script in ipairs(scripts()) do
      if script.fatal_error then
        script.fatal_error, script.servers_ready, script.sha, script.loaded = nil, nil, nil, nil
        script.pending_upload, script.waitq = false, {}
      end
    end
  end
  return true
end

rspamd_config:add_on_load(function(_, ev_base)
  rspamd_config:add_periodic(ev_base, 3.0, take_up_again, false)
end)
