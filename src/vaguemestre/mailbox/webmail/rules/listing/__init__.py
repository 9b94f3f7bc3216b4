"""The list: rows, search, views, folders, labels, snooze."""
