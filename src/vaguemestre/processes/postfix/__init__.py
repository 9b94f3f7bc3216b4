"""What Postfix asks while a message passes: may it leave, which return path, has the domain DANE."""
