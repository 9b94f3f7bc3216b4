"""What académies add of their own to letters and messages: one paragraph for each kind."""
