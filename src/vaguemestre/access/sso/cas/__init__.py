"""CAS 3.0 server: tickets for the ENTs and the local applications of the académie."""
