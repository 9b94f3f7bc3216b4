"""What an absence may be, when it holds, what it tells."""
