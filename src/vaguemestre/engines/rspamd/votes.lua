-- What a reader called junk, or not, is told to the neural network by a score that nothing else reaches (rspamd.conf.j2,
-- section neural): 3.12 does not read the header that it has for that (a text, which it compares to a string). The header is
-- that of a question to the controller; what arrives by SMTP has none.
local VOTES = { junk = "VOTED_JUNK", wanted = "VOTED_WANTED" }
local POINTS = { VOTED_JUNK = 1000, VOTED_WANTED = -1000 }

local id = rspamd_config:register_symbol({
  name = "HOUSE_VOTE",
  type = "normal",
  score = 0,
  group = "house",
  callback = function(task)
    local vote = task:get_request_header("Vaguemestre-Vote")
    local symbol = vote and VOTES[tostring(vote)]
    if symbol then task:insert_result(symbol, 1.0) end
  end,
})
for name, points in pairs(POINTS) do
  rspamd_config:register_symbol({
    name = name,
    type = "virtual",
    parent = id,
    score = points,
    group = "house",
    description = "a reader's vote, told by our own program",
  })
end
