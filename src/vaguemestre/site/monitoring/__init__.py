"""How an instance is: health checks, counts and times of requests, log lines."""
