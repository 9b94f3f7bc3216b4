"""Rules of enrolment."""
