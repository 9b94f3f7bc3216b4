"""Use cases of the webmail: listing, reading, actions on messages."""
