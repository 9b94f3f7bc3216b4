-- What the quarantine is for: viruses, links of the security desk's list, office documents with macros. Sieve files what
-- bears this field where its owner's programs do not look. Another, which the reader shows, is written by Postfix and stays
-- on mail whose attachments the virus check did not answer about. Postfix takes away what a sender wrote under these names.
local GROUNDS = {
  { "CLAM_VIRUS", "virus" },
  { "LINK_LISTED", "fraud" },
  { "MACRO_ATTACHED", "macro" },
}

local function detail(task, symbol)
  local found = task:get_symbol(symbol)
  local options = found and found[1] and found[1].options
  return options and options[1] and tostring(options[1]):gsub("[^%w%._-]+", "-"):sub(1, 80) or ""
end

rspamd_config:register_symbol({
  name = "HOUSE_QUARANTINE",
  type = "postfilter",
  priority = 5,
  score = 0,
  group = "house",
  description = "goes to quarantine",
  callback = function(task)
    for _, ground in ipairs(GROUNDS) do
      local symbol, reason = ground[1], ground[2]
      if task:has_symbol(symbol) then
        task:insert_result("HOUSE_QUARANTINE", 1.0, reason)
        local value = reason .. " " .. detail(task, symbol)
        task:set_milter_reply({ add_headers = { ["Vaguemestre-Quarantine"] = value } })
        break
      end
    end
    -- what is judged here is not judged again once the virus check is back: its owner may have had it handed over
    local left = task:has_symbol("CLAM_VIRUS_FAIL") and { ["Vaguemestre-Unexamined"] = "virus" } or nil
    task:set_milter_reply({ remove_headers = { ["Vaguemestre-Unexamined"] = 0 }, add_headers = left })
  end,
})
