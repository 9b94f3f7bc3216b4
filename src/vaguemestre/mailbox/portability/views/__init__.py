"""Pages of imports and exports, and of the person's own departure."""
