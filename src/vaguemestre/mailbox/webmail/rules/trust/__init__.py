"""Trust in the sender: authentication, look-alike names and domains, signatures."""
