"""The registry of applications that trust our sign-in, and what each may learn about users."""
