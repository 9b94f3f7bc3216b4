# For everybody: what its author marked private (RFC 4021 §2.1.55, or the subject), and the security notices of this
# service, bear a keyword. Whoever is lent the mailbox does not see them (mailbox/webmail/services/delegation.py).
require ["imap4flags"];
if anyof (
  header :is "Sensitivity" ["Private", "Personal", "Company-Confidential"],
  header :matches "Subject" [
    "personnel:*", "personnel :*", "personnel :*", "personnel -*", "*[personnel]*", "*(personnel)*",
    "personnelle:*", "personnelle :*", "personnelle :*", "personnelle -*", "*[personnelle]*", "*(personnelle)*",
    "privé:*", "privé :*", "privé :*", "privé -*", "*[privé]*", "*(privé)*",
    "PRIVÉ:*", "PRIVÉ :*", "PRIVÉ :*", "PRIVÉ -*", "*[PRIVÉ]*", "*(PRIVÉ)*",
    "prive:*", "prive :*", "prive :*", "prive -*", "*[prive]*", "*(prive)*",
    "*: personnel :*", "*: personnel :*", "*: privé :*", "*: privé :*", "*: PRIVÉ :*", "*: PRIVÉ :*"
  ]
) {
  addflag "$Private";
}
