"""The Django project: configuration, settings, wiring."""
