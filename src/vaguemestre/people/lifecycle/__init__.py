"""What happens to people and what follows for their account, mailbox and place in the directory."""
