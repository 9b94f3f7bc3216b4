"""rspamd, the content filter: optional, used if it is installed."""
