"""The same mailbox in any mail program: settings found by themselves, or copied from a page."""
