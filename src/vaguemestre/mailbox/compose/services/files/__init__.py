"""Attachments of a draft: uploaded, taken from the mailbox, or sent as links."""
