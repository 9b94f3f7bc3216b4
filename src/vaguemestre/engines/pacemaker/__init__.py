"""Pacemaker and Corosync: which machine serves a pod, and whose power is cut before another one does."""
