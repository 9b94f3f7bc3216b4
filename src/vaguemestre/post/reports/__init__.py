"""Abuse reports, and whose remote images a reader allows."""
