"""What other rooms ask of mailboxes: sent copies, filters, transfers, reports, welcome."""
