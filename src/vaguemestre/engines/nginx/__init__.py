"""nginx, the front of an instance: it buffers slow clients and sends files."""
