"""Messages on their way out: on disk first, then submitted, filed, told."""
