"""Scripts run in the sandbox, one per decoder; none is imported by the product."""
