-- What the steps of messages keep of a message's content: keyed digests of its subject, links and attached files
-- (post/trace/rules/marks.py), and the verdict. Postfix logs this field and takes it away: 200 characters of each.
local hash = require "rspamd_cryptobox_hash"
local names_of = dofile(rspamd_paths["LOCAL_CONFDIR"] .. "/link_names.lua").names_of
local settings = rspamd_config:get_all_opt("house_marks")
local MOST_FILES, MOST, A_LINE, DIGITS = 8, 55, 11, 15

local function mark(kind, text)
  return hash.create_specific_keyed(settings.key, "sha256", kind .. "\n" .. text):hex():sub(1, DIGITS)
end

local function verdict(task)
  local set_aside = task:get_symbol("HOUSE_QUARANTINE")
  if set_aside then return set_aside[1].options[1] end
  local action = task:get_metric_action()
  return (action == "add header" or action == "rewrite subject") and "junk" or "clean"
end

local function texts(task, add)
  local subject = task:get_subject()
  if subject then add("subject", (subject:gsub("[ \t\r\n]+", " "):gsub("^ ", ""):gsub(" $", ""))) end
  local files = 0
  for _, part in ipairs(task:get_parts() or {}) do
    if part:get_filename() and files < MOST_FILES then
      files = files + 1
      add("file", hash.create_specific("sha256", part:get_content()):hex())
    end
  end
  local hosts = {}
  for _, url in ipairs(task:get_urls(true) or {}) do
    if url:get_protocol():sub(1, 4) == "http" then
      local names, host = names_of(url)
      for _, name in ipairs(names) do add("link", name) end
      hosts[#hosts + 1] = host
    end
  end
  for _, host in ipairs(hosts) do add("link", host) end
end

rspamd_config:register_symbol({
  name = "HOUSE_MARKS",
  type = "idempotent",
  flags = "explicit_disable,ignore_passthrough",
  callback = function(task)
    local seen, marks = {}, {}
    texts(task, function(kind, text)
      if #marks >= MOST then return end
      local one = mark(kind, text)
      if not seen[one] then
        seen[one] = true
        marks[#marks + 1] = one
      end
    end)
    local lines, first = {}, verdict(task)
    for place = 1, math.max(#marks, 1), A_LINE do
      local words = { place == 1 and first or "more" }
      for next = place, math.min(place + A_LINE - 1, #marks) do words[#words + 1] = marks[next] end
      lines[#lines + 1] = { value = table.concat(words, " "), order = -1 } -- at the end
    end
    task:set_milter_reply({ add_headers = { ["Vaguemestre-Marks"] = lines } })
  end,
})
