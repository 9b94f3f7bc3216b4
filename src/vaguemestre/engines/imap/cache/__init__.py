"""What a process remembers of mailboxes: pages, rows, sort orders."""
