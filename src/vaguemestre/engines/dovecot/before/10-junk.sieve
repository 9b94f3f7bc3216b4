# For everybody, before their own rules: what the content filter called spam goes to Junk, and no answer leaves,
# unless the person said that its sender is welcome (their own script says so, by the variable).
require ["fileinto", "include", "mailbox", "variables"];
global "ami";
set "ami" "";
if anyof (header :contains "X-Spam-Status" "Yes", header :is "X-Spam-Flag" "YES") {
  include :personal :optional "vaguemestre-indesirables";
  if not string :is "${ami}" "oui" {
    fileinto :create "Junk";
    stop;
  }
}
