"""Decisions about a message being written: what an answer holds, which HTML may live, when it leaves."""
