"""Rules of sorting: absences, filters, senders, hand-written scripts."""
