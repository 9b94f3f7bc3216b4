"""Who really wrote: sender authentication, look-alike names, signatures."""
