"""What the engines may know of the accounts, apart from the main database."""
