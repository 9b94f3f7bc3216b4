"""Classes of service: what each person's mail service gives, by category, function or person."""
