"""Salles, the room booking of the demonstration académie: an outside application that signs in by CAS."""
