"""A message's HTML and CSS made harmless: sanitizer, style sheets, links, frame, dark colours."""
