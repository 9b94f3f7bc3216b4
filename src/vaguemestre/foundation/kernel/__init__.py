"""Values and rules every room shares; pure Python, no Django."""
