"""Mail brought in and taken out, and what somebody who leaves still has to do."""
