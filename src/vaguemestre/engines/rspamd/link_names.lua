-- Names of links: the host, the page, the page with what it is asked, without what browsers leave out, as
-- post/redirects/rules/listed_names.py has them. Copied into our folder, where other rules load it.
local function decoded(text)
  return (text:gsub("%%(%x%x)", function(octet) return string.char(tonumber(octet, 16)) end))
end

local function path_of(written)
  local steps = {}
  for step in decoded(written):gsub("\\", "/"):gmatch("[^/]+") do
    if step == ".." then
      table.remove(steps)
    elseif step ~= "." then
      table.insert(steps, step)
    end
  end
  return "/" .. table.concat(steps, "/")
end

-- The host, the page, and what it is asked (nil for nothing). Addresses without a scheme have https.
local function parts_of(address)
  local text = address:gsub("[\t\r\n]", ""):gsub("#.*$", ""):gsub("^%a+:[/\\][/\\]", "")
  local authority, rest = text:match("^([^/\\?]*)(.*)$")
  local written, query = rest:match("^([^?]*)%??(.*)$")
  local place = authority:gsub("^.*@", ""):lower()
  local port = place:match(":0*(%d+)$") or ""
  local host = place:gsub(":%d*$", ""):gsub("%.+$", "")
  if port ~= "" and port ~= "80" and port ~= "443" then port = ":" .. port else port = "" end
  return host, "//" .. host .. port .. path_of(written), query ~= "" and decoded(query) or nil
end


-- Every writing of the link that rspamd has: its own way with « .. » leads elsewhere.
local function names_of(url)
  local names = {}
  for _, text in ipairs({ url:get_text(), url:get_raw() }) do
    local _, page, query = parts_of(text)
    if query then names[#names + 1] = page .. "?" .. query end
    names[#names + 1] = page
  end
  local host = url:get_host()
  return names, host and host:lower():gsub("%.+$", "") or nil
end

return { parts_of = parts_of, names_of = names_of }
