"""The desk's decisions: what may be done to whom, how often, and in which words it is told."""
