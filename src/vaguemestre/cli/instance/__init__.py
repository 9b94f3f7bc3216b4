"""Commands about an instance: its start, configuration, state, jobs, académies."""
