"""Entry points of our processes, one module each."""
