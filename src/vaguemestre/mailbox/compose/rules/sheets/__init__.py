"""Tables of office workbooks (.xlsx, .ods), as the rows that a CSV file would have."""
