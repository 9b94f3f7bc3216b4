"""What stands in the registry, who may enter, what is told. Pure."""
