"""The projection: the tables of mailboxes, addresses and keys that Dovecot and Postfix read."""
