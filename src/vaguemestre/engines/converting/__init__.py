"""Decoders of somebody's files, each run apart: no network, no rights, limits of time, memory and output."""
