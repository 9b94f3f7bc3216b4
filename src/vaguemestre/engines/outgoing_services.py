"""Programs of Debian beside Postfix where mail really leaves: which an instance has, where they listen."""

from pathlib import Path

from vaguemestre.engines.instance import Instance

SENDER_REWRITER = Path("/usr/sbin/postsrsd")


def rewrites_senders(instance: Instance) -> bool:
    """Whether envelope senders are rewritten (SRS): wanted, and installed."""
    return instance.mail.rewrites_senders and SENDER_REWRITER.is_file()
