"""What the desk sees. Nothing here writes; nothing here reads a message, a password, a NUMEN or a code."""
