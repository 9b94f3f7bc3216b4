-- The Authentication-Results field, here and under an ARC seal, without a letter that a sender can choose but those of
-- domains, selectors and EHLO names, and of these only plain ones. rspamd's own quotes the envelope, EHLO and the
-- signature, and leaves a backslash before a quote as it is: what follows then stands outside of the quoted string, and
-- vouches for whoever wrote it.
local auth_results = require "lua_auth_results"
local util = require "rspamd_util"

local DKIM = {
  allow = "pass",
  reject = "fail",
  permerror = "permerror",
  ["bad record"] = "permerror",
  tempfail = "temperror",
}
local DMARC = { reject = "fail", quarantine = "fail", softfail = "fail" }

local function property(name, value)
  local plain = value and tostring(value):match("^[%w%._\128-\255-]+$")
  return plain and " " .. name .. "=" .. plain or ""
end

-- The result whose symbol was put on the message, and what the symbol says; nil without one.
local function found(task, symbols)
  for result, symbol in pairs(symbols) do
    local put = task:get_symbol(symbol)
    if put then
      return result, put[1].options or {}
    end
  end
end

local function dkim(task, symbols)
  local results = {}
  for _, signature in ipairs(task:get_dkim_results() or {}) do
    local domain = property("header.d", signature.domain)
    table.insert(results, "dkim=" .. (DKIM[signature.result] or "none") .. domain .. property("header.s", signature.selector))
  end
  if #results == 0 and found(task, symbols) then
    table.insert(results, "dkim=none")
  end
  return results
end

local function spf(task, symbols)
  local result = found(task, symbols)
  if not result then
    return nil
  end
  local from = task:get_from({ "smtp", "orig" })
  local sender = from and from[1]
  if sender and sender.addr and sender.addr ~= "" then
    return "spf=" .. result .. property("smtp.mailfrom", sender.domain)
  end
  return "spf=" .. result .. property("smtp.helo", task:get_helo())
end

local function dmarc(task, symbols)
  local result, said = found(task, symbols)
  if not result then
    return nil
  end
  local domain = said[1] and (result == "pass" and said[1] or said[1]:match("^(%S+) : "))
  return "dmarc=" .. (DMARC[result] or result) .. property("header.from", domain)
end

local function arc(task, symbols)
  local result = found(task, symbols)
  return result and "arc=" .. result or nil
end

auth_results.gen_auth_results = function(task, settings)
  local wanted = settings or auth_results.default_settings
  local server = task:get_request_header("MTA-Name") or task:get_request_header("MTA-Tag") or util.get_hostname()
  local parts = { tostring(server) }
  for _, result in ipairs(dkim(task, wanted.dkim_symbols)) do
    table.insert(parts, result)
  end
  table.insert(parts, spf(task, wanted.spf_symbols))
  table.insert(parts, dmarc(task, wanted.dmarc_symbols))
  table.insert(parts, arc(task, wanted.arc_symbols))
  if #parts == 1 then
    table.insert(parts, "none")
  end
  return table.concat(parts, "; ")
end
