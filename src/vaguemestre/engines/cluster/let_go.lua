-- Written by bin/install. Ends the connections to a machine that was found dead: who waits on it comes back.
-- « on-marked-down shutdown-sessions » does so at once, and HAProxy 3.0 then holds for ever whoever it was still
-- connecting. By now these have been led to another machine.
local AFTER_MILLISECONDS = 3500 -- « timeout connect », and some

core.event_sub({"SERVER_DOWN"}, function(_, data)
    core.register_task(function()
        core.msleep(AFTER_MILLISECONDS)
        local server = data.reference
        if server and server:get_stats()["status"]:sub(1, 4) == "DOWN" then
            server:shut_sess()
        end
    end)
end)
