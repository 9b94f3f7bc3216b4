"""Rules of compose: replies, HTML, identities, mail merge, sending time."""
