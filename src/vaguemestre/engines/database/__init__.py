"""PostgreSQL: who connects, with which role and rights."""
