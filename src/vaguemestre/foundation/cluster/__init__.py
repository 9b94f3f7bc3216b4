"""What several machines agree on through their database."""
