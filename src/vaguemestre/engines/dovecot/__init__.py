"""Dovecot: configuration, doveadm, log, scripts and files of mailboxes."""
