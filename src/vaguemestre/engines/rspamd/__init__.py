"""rspamd, the content filter: an optional child, used where it is installed, never required."""
