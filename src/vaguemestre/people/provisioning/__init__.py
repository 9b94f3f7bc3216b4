"""The mailbox of each account in the engines."""
