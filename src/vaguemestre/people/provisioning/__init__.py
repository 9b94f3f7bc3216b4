"""What each account is owed by the engines, and making it so."""
