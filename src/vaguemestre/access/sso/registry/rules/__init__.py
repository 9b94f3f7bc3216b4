"""Rules of the registry: addresses, access, attribute release."""
