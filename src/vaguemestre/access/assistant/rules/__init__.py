"""The assistant's decisions: who is told what, budgets, codes, and what its letters say."""
