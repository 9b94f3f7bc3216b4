"""The help desk: find an account, see why it does not open, and a few guarded acts."""
