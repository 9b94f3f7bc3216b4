# For everybody, before their own rules: what the content filter called spam goes to Junk, and no answer leaves,
# unless the person said that its sender is welcome (their own script says so, by the variable). So does what came by
# the MX under an author of ours, whom the submission service would have vouched for, or under several authors: a list
# row shows the first one, who may be anybody. Our domain's own DKIM signature speaks for it.
require ["comparator-i;ascii-numeric", "fileinto", "include", "mailbox", "relational", "variables"];
global "ami";
set "ami" "";
if anyof (
  header :contains "X-Spam-Status" "Yes",
  header :is "X-Spam-Flag" "YES",
  allof (
    header :is "Vaguemestre-Arrival" "mx",
    anyof (
      header :count "gt" :comparator "i;ascii-numeric" "From" "1",
      address :count "gt" :comparator "i;ascii-numeric" "From" "1",
      allof (
        address :domain "From" "{{ domain }}",
        not header :matches "Authentication-Results" "*dkim=pass header.d={{ domain }} *"
      )
    )
  )
) {
  include :personal :optional "vaguemestre-indesirables";
  if not string :is "${ami}" "oui" {
    fileinto :create "Junk";
    stop;
  }
}
