"""Writing a message: composer, answers, drafts, attachments, until it is handed to the outbox."""
