-- Links to hosts or pages that the security desk lists, one a line: « piege.example » (and its subdomains) or
-- « https://site.example/page ». No question about a link leaves the house.
local listed = rspamd_config:add_map({
  url = rspamd_paths["LOCAL_CONFDIR"] .. "/lists/links",
  type = "set",
  description = "links listed by the security desk",
})

local function is_listed(url)
  local host = url:get_host()
  if not host then return nil end
  host = host:lower()
  local page = url:get_text():gsub("#.*$", ""):gsub("/$", "")
  if listed:get_key(page) then return page end
  while host do
    if listed:get_key(host) then return host end
    host = host:match("^[^.]+%.(.+)$")
  end
end

rspamd_config:register_symbol({
  name = "LINK_LISTED",
  type = "normal,mime",
  score = 12,
  group = "house",
  description = "a link of the security desk's list",
  callback = function(task)
    if not listed then return end
    for _, url in ipairs(task:get_urls(true) or {}) do
      local name = is_listed(url)
      if name then
        task:insert_result("LINK_LISTED", 1.0, name)
        return
      end
    end
  end,
})
