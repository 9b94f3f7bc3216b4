"""Acts on an account that its owner is notified of."""
