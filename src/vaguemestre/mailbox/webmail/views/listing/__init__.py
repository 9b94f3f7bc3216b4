"""Views of the message list: its rows, the chips above it, its menu."""
