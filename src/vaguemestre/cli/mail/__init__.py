"""Commands about mail: mailboxes, their index and transfer, DKIM keys, DNS records, traces."""
