"""Decisions of an enrolment: pure."""
