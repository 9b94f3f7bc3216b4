"""Pages of the sign-in and of account security."""
