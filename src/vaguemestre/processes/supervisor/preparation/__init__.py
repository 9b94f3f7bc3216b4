"""What a start prepares around its first processes: free ports, tables, feed, filter, mail that leaves."""
