"""What must happen after commit: events, and the handlers they wake."""
