"""The outside: one folder per engine, plugged in by site/wiring."""
