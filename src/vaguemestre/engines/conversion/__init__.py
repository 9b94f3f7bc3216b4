"""Decoders of people's files, each in a sandbox: no network, no rights, limits of time, memory and output."""
