"""Postfix: configuration, submission milter, log and queue."""
