"""What a browser may do with somebody's file shown by us (docs/security.md rule B)."""

# The Content-Security-Policy of such an answer: an opaque origin, no script, nothing loaded.
FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
