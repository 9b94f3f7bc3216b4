"""Files that screens receive, send, export or draw."""
