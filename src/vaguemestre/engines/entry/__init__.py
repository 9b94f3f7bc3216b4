"""Machines that stand in front of the others: HAProxy shows the way, keepalived carries their address."""
