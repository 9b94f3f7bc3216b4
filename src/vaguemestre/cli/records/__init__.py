"""Commands about what is recorded: journal, register of processing activities, data breaches."""
