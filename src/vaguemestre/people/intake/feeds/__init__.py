"""Files as they come from other systems, read into values. Pure: bytes in, values or a refusal out."""
