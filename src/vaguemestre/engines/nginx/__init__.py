"""nginx, the front of an instance: slow clients end here; bodies and answers reach the pools whole."""
