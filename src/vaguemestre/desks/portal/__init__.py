"""Home page, and the pages anybody may read."""
