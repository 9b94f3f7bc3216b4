"""Bytes ↔ values: the wire, response trees, FETCH answers, headers. Pure but for the wire."""
