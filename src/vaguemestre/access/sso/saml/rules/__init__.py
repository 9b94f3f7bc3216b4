"""Reading and writing SAML. Pure: bytes and values in, bytes and values out."""
