"""How a message becomes a page that can do no harm: parts, text, HTML, CSS, links, frame."""
