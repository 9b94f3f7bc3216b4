"""One machine of several: its keys, its database among others, its way to whichever of them is primary."""
