"""Engines that decide which database writes, and lead to it: etcd, Patroni, HAProxy. We elect nothing."""
