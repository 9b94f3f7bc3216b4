-- Links to hosts or pages that the security desk lists, one a line: « piege.example » (and its subdomains) or
-- « https://site.example/page ». No question about a link leaves the house. A page is compared without what browsers
-- leave out too, as post/redirects/rules/listed_names.py has it; hosts of the list are written in ASCII.
local path = rspamd_paths["LOCAL_CONFDIR"] .. "/lists/links"
local lines_by_name = {}
-- rspamd calls nobody back for a file that was emptied: a name counts as long as its line is here
local lines = rspamd_config:add_map({ url = path, type = "set", description = "lines of the security desk's list" })

local parts_of = dofile(rspamd_paths["LOCAL_CONFDIR"] .. "/link_names.lua").parts_of

local function name_of(text)
  local host, page, query = parts_of(text)
  if not text:find("/", 1, true) then return host end
  return query and page .. "?" .. query or page
end

rspamd_config:add_map({
  url = path,
  type = "callback",
  description = "links listed by the security desk",
  callback = function(content)
    local names = {}
    for line in tostring(content):gmatch("[^\n]+") do
      local text = line:gsub("#.*$", ""):match("%S+")
      if text then names[name_of(text)] = text end
    end
    lines_by_name = names
  end,
})

local function is_listed(name)
  local line = lines_by_name[name]
  return line and lines and lines:get_key(line)
end

local function listed_name(url)
  local host = url:get_host()
  if not host then return nil end
  for _, text in ipairs({ url:get_text(), url:get_raw() }) do -- rspamd's own way with « .. » leads elsewhere
    local _, page, query = parts_of(text)
    if query and is_listed(page .. "?" .. query) then return page end
    if is_listed(page) then return page end
  end
  host = host:lower():gsub("%.+$", "")
  while host do
    if is_listed(host) then return host end
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
    for _, url in ipairs(task:get_urls(true) or {}) do
      local name = listed_name(url)
      if name then
        task:insert_result("LINK_LISTED", 1.0, name)
        return
      end
    end
  end,
})
