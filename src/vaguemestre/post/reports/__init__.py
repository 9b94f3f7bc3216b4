"""What readers say of senders: pictures shown or not, messages reported."""
