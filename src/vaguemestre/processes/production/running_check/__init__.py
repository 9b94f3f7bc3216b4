"""`vaguemestre check --live`: what is asked of the running whole, and how it is judged."""
