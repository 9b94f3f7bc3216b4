"""Accolad, the intranet of the demonstration académie: an outside application that signs in by OIDC."""
