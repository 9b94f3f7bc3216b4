"""What Postfix writes into its log: steps of messages, and the times in which it wrote nothing."""
