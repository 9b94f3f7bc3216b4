"""Commands about applications that people sign in to."""
