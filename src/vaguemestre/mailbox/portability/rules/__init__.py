"""Rules of imports and exports: formats, folders, names, identity of messages."""
