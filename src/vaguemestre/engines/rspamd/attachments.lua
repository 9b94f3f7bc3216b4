-- Programs, and office documents with macros, that come from outside (docs/operations/filter.md says what is not seen).
-- Names are those of attachments and of files in archives; contents are looked at without being unpacked: a directory
-- of OLE (UTF-16) and one of ZIP are written in clear.
local function set(words)
  local names = {}
  for word in words:gmatch("%S+") do names[word] = true end
  return names
end

local PROGRAMS = set [[ade adp apk app application appref-ms bat chm cmd com cpl dll dmg exe gadget hta img inf ins iqy iso
isp jar js jse lnk msc msi msp mst pif ps1 psc1 reg scf scr sct settingcontent-ms sys url vb vbe vbs vhd vhdx ws wsc wsf
wsh xll]]
local MACROS = set [[docm dotm potm ppam ppsm pptm sldm xlam xlsb xlsm xltm]]
local MACRO_MARKS = {
  "vbaProject.bin", "vbaData.xml", "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T", "M\0a\0c\0r\0o\0s\0", "xl/macrosheets/",
}
local LONGEST = 30000000 -- bytes of one part

local function extension(name)
  return (name:lower():gsub("[%s.]+$", "")):match("%.([%w-]+)$")
end

local function by_name(name, programs, macros)
  local ending = extension(name)
  if ending and PROGRAMS[ending] then programs[#programs + 1] = ending end
  if ending and MACROS[ending] then macros[#macros + 1] = ending end
end

local function by_content(part, programs, macros)
  local content = part:get_content()
  if not content or #content > LONGEST then return end
  local head = tostring(content:sub(1, 4))
  if head:sub(1, 2) == "MZ" and tostring(content):find("PE\0\0", 1, true) then programs[#programs + 1] = "PE" end
  if head == "\127ELF" then programs[#programs + 1] = "ELF" end
  if head ~= "PK\3\4" and head ~= "\208\207\17\224" then return end
  local text = tostring(content)
  for _, mark in ipairs(MACRO_MARKS) do
    if text:find(mark, 1, true) then
      macros[#macros + 1] = "content"
      return
    end
  end
end

local id = rspamd_config:register_symbol({
  name = "HOUSE_ATTACHMENTS",
  type = "normal,mime",
  score = 0,
  group = "house",
  callback = function(task)
    local programs, macros = {}, {}
    for _, part in ipairs(task:get_parts() or {}) do
      local name = part:get_filename()
      if name then by_name(name, programs, macros) end
      if part:is_archive() then
        for _, inside in ipairs(part:get_archive():get_files(2000) or {}) do by_name(inside, programs, macros) end
      end
      if not part:is_multipart() and not part:is_text() then by_content(part, programs, macros) end
    end
    if programs[1] then task:insert_result("PROGRAM_ATTACHED", 1.0, table.concat(programs, ",")) end
    if macros[1] then task:insert_result("MACRO_ATTACHED", 1.0, table.concat(macros, ",")) end
  end,
})
for name, words in pairs {
  PROGRAM_ATTACHED = "a program is attached, or is in an archive",
  MACRO_ATTACHED = "an office document with macros is attached",
} do
  rspamd_config:register_symbol({
    name = name,
    type = "virtual",
    parent = id,
    score = 12, -- enough for those who want the filter lenient
    group = "house",
    description = words,
  })
end
