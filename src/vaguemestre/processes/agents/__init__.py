"""One right each, served on a socket to those who lack it: mail's user, root's queue, NUMENs, mail tokens."""
