"""Copies of messages in a mailbox, found and taken away through doveadm."""
