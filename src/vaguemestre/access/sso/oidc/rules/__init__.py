"""What is asked, what is answered, which key signs. Pure."""
