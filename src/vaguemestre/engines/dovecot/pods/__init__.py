"""What machines of one installation ask of the pods of the others."""
