"""Rules of outgoing messages: recipients, header fields, MIME, limits. Values in, values or Refusal out."""
