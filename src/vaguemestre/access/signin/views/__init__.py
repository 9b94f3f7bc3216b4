"""Pages of the sign-in, and of what protects an account."""
