"""Cards above the text: invitations, delivery reports, contacts, archives, mailing lists."""
