"""Parts that mean more than a file: invitations, delivery reports, contacts, subscriptions."""
