"""The mail store over IMAP: connections, sessions, what is read and changed."""
