"""Live notices to open pages: something changed in a mailbox."""
