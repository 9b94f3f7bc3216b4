"""How many machines of each kind an installation needs, from what its acts were measured to cost."""
