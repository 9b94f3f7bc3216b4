"""Answers to invitations, and school holidays."""
