# For everybody, before anything is judged or answered: what the content filter wants in quarantine (engines/rspamd/
# quarantine.lua) goes where no program of its owner looks. Postfix takes that field away from what strangers write.
require ["fileinto"];
if allof (header :is "Vaguemestre-Arrival" "mx", exists "Vaguemestre-Quarantine") {
  fileinto "{{ quarantine }}";
  stop;
}
