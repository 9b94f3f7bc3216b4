# For everybody, before their own rules: what the content filter called spam goes to Junk, and no answer leaves,
# unless the person said that its sender is welcome, or wants the filter more cautious or more lenient (their own script
# says so, by variables; the filter writes one star a point, and calls spam what has six). So does what came by
# the MX under an author of ours, whom the submission service would have vouched for (our domain's own DKIM signature
# speaks for it), or under several: a list row shows the address that the mail store reads first, who may be anybody.
require ["comparator-i;ascii-numeric", "fileinto", "include", "mailbox", "relational", "variables"];
global ["ami", "severity"];
set "ami" "";
set "severity" "";
set "marked" "";
set "forged" "";
# That address; and what stands between the first two pairs of angle brackets.
set "shown" "";
set "first" "";
set "second" "";
if address :matches "From" "*" {
  set "shown" "${1}";
}
if header :matches "From" "*<*>*<*>*" {
  set "first" "${2}";
  set "second" "${4}";
}
if anyof (header :contains "X-Spam-Status" "Yes", header :is "X-Spam-Flag" "YES") {
  set "marked" "yes";
}
if allof (
  header :is "Vaguemestre-Arrival" "mx",
  anyof (
    header :count "gt" :comparator "i;ascii-numeric" "From" "1",
    address :count "gt" :comparator "i;ascii-numeric" "From" "1",
    not string :is "${first}" "${second}",
    allof (
      header :contains "From" "<",
      not header :contains "From" "<${shown}>",
      not string :matches "${shown}" "=?*"
    ),
    allof (
      address :domain "From" "{{ domain }}",
      not header :matches "Authentication-Results" "*dkim=pass header.d={{ domain }} *"
    )
  )
) {
  set "forged" "yes";
}
if anyof (
  string :is "${marked}" "yes",
  string :is "${forged}" "yes",
  header :contains "X-Spam-Level" "****"
) {
  include :personal :optional "vaguemestre-indesirables";
  if allof (
    not string :is "${ami}" "oui",
    anyof (
      string :is "${forged}" "yes",
      string :is "${severity}" "cautious",
      allof (
        string :is "${marked}" "yes",
        anyof (
          not string :is "${severity}" "lenient",
          not exists "X-Spam-Level",
          header :contains "X-Spam-Level" "**********"
        )
      )
    )
  ) {
    fileinto :create "Junk";
    stop;
  }
}
