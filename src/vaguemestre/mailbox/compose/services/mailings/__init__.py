"""Mail merge: mailings, their copies, and the letter of each."""
