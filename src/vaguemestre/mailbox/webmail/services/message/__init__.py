"""One opened message: its text, files, authors, verdicts, and answers of one click."""
