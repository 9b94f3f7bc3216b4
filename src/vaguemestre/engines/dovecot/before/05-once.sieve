# For everybody, before anything else: a message is kept once. Killed between our « 250 » and its own note of it,
# Postfix hands the same one over again (RFC 1047). The first Received field is written by LMTP, the second by Postfix
# when it took the message: its queue identifier is never given twice, and nobody else can write in that place.
# The mark is made after the message is stored: cut before it, there may be two, never none; the second is looked for
# and deleted afterwards (redelivered.py).
require ["duplicate", "envelope", "index", "variables"];
set "taken" "";
if header :index 2 :matches "Received" "*" {
  set "taken" "${1}";
}
if envelope :matches "to" "*" {
  set "taken" "${taken} ${1}";
}
if allof (
  header :index 2 :contains "Received" "(Postfix) with",
  duplicate :handle "vaguemestre-once" :uniqueid "${taken}" :seconds 14400
) {
  discard;
  stop;
}
