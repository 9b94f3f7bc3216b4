"""DKIM keys of the mail domains: made, published, used, withdrawn."""
