"""Decisions about outgoing messages: recipients, header fields, MIME. Values in, values or Refusal out."""
