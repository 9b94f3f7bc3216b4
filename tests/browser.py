"""The browser of the tests: Chromium, told to ask nothing of its makers."""

from playwright.sync_api import Browser, BrowserType, expect

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# Bounds, not paces: what is waited for comes at once on a quiet machine, in half a minute beside six others.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def launch(kind: BrowserType, *flags: str) -> Browser:
    """A new browser of that kind, with more flags."""
    return kind.launch(executable_path=_CHROMIUM, args=[*_FLAGS, *flags])
