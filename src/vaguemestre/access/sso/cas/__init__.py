"""CAS 3.0 server, for the ENTs and local applications of the académie."""
