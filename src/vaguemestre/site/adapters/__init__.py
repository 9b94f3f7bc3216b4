"""What a room borrows from a sibling it may not import: a file per room that borrows."""
