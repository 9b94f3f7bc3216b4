"""The sign-in journey and the browser session."""
