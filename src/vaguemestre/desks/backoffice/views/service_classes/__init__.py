"""Classes of service: their pages, what a change moves, changes that wait for a second person."""
