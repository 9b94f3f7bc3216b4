"""The browser policy for people's files that we show (docs/security.md rule B)."""

# The Content-Security-Policy of such an answer: an opaque origin, no script, nothing loaded.
FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
