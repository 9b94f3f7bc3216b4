"""Rules of the assistant: policy, budgets, codes, messages."""
