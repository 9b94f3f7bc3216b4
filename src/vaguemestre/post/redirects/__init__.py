"""Links of outside senders, checked at the click."""
