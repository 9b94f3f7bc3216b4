# For everybody, before their own rules: what the content filter called spam goes to Junk, and no answer leaves.
require ["fileinto", "mailbox"];
if anyof (header :contains "X-Spam-Status" "Yes", header :is "X-Spam-Flag" "YES") {
  fileinto :create "Junk";
  stop;
}
