"""Commands about people: HR feed, classes, accounts, lifecycle, NUMEN."""
