"""What the outside applications of the demonstration have in common: pages, look, cookies, who is inside."""
