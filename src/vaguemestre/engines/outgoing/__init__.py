"""Programs beside Postfix where mail really leaves: return paths (SRS), MTA-STS policies."""
