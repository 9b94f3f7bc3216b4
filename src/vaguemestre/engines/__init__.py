"""Clients and configurations of everything outside the process, plugged in by site/wiring."""
