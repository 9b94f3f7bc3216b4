"""Words every room shares; pure Python, no Django."""
