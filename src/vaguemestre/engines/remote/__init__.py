"""Fetching what a message names, when the reader asked for it: pictures only, from public addresses only."""
