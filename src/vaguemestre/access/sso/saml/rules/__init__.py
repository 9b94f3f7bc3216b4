"""Rules of SAML: parse, verify, build, sign and encrypt messages."""
