-- What the security desk removed from mailboxes is refused when it comes again (ADR 0041). Loaded by rspamd.lua as
-- rspamd.local.lua of our folder. Marks are those of desks/removals/rules/marks.py.
local hash = require "rspamd_cryptobox_hash"
local link_names = dofile(rspamd_paths["LOCAL_CONFDIR"] .. "/link_names.lua").names_of

local marks = rspamd_config:add_map({
  url = rspamd_paths["LOCAL_CONFDIR"] .. "/refused/marks",
  type = "set",
  description = "removed from mailboxes",
})

local function mark(kind, text)
  return kind .. ":" .. hash.create_specific("sha256", text):hex()
end

local function first_mark(task)
  local from, subject, id = task:get_from("smtp"), task:get_subject(), task:get_message_id()
  if from and from[1] and subject then
    local title = subject:gsub("[ \t\r\n]+", " "):gsub("^ ", ""):gsub(" $", "")
    local letter = mark("letter", from[1].addr:lower() .. "\n" .. title)
    if marks:get_key(letter) then return "letter" end
  end
  if id and marks:get_key(mark("id", id)) then return "id" end
  if id and from and from[1] and marks:get_key(mark("sent-id", from[1].addr:lower() .. "\n" .. id)) then return "id" end
  for _, url in ipairs(task:get_urls(true) or {}) do
    local names, host = link_names(url)
    names[#names + 1] = host
    for _, name in ipairs(names) do
      if marks:get_key(mark("link", name)) then return "link" end
    end
  end
  for _, part in ipairs(task:get_parts() or {}) do
    if part:get_filename() and marks:get_key(mark("file", part:get_content())) then return "file" end
  end
end

rspamd_config:register_symbol({
  name = "REMOVED_FROM_MAILBOXES",
  type = "prefilter",
  priority = 9,
  score = 0,
  group = "policies",
  description = "removed from every mailbox by the security desk",
  callback = function(task)
    local why = marks and first_mark(task)
    if why then
      task:insert_result("REMOVED_FROM_MAILBOXES", 1.0, why)
      task:set_pre_result("reject", "Ce message ressemble à un message dangereux retiré des boîtes.")
    end
  end,
})
