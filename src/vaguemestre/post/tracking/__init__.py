"""Message tracking: delivery status of sent mail, held mail, sending preferences."""
