"""Read and write mail in a browser."""
