"""Distribution lists: rule lists kept true by the directory, hand-made ones; moderation, delivery."""
