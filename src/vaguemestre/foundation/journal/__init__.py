"""The audit trail: who did what to whom, when; append-only and hash-chained."""
