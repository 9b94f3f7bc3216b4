"""Old applications behind nginx, which believe a header."""
