"""Accounts and what opens them: passwords, one-time codes, application passwords."""
