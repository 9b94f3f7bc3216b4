"""What a monitoring system reads of an instance: Prometheus text, of values that name nobody."""
