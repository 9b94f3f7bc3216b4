"""Decisions of classes."""
