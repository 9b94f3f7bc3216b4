"""Base page, components, static assets shared by every screen."""
