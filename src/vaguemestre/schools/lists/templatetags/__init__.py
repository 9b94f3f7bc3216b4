"""Words of lists as pages write them."""
