"""What runs apart, one script a decoder: nothing here is imported."""
