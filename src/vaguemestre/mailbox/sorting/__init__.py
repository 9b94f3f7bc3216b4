"""What happens to arriving mail: absence, filters."""
