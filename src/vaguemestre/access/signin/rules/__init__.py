"""Decision rules of the sign-in, one subject per module."""
