"""What a person answered to invitations."""
