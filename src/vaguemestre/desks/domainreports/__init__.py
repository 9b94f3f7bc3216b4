"""What others say of mail in our name: DMARC aggregate reports and TLS reports."""
