"""Rules of the webmail: lists, rendering of messages, cards, sender trust."""
