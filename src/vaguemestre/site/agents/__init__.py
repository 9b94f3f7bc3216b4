"""Processes of few rooms: their Django settings, and the sockets of agents."""
