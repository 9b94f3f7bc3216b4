"""Quarantine: arriving messages with a virus, macros or a listed link, kept from their owner for a while."""
