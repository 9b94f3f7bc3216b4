"""Views of one message: its pane, text, cards, files and previews."""
