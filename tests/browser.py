"""The browser of the tests: Chromium, told to ask nothing of its makers.

Its headless shell draws no window and takes a third less of the processor. It also draws letters otherwise:
pictures of screens are compared in the whole browser, and a page that fits in both depends less on one font.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page, expect

_SHELL = "/usr/bin/chromium-headless-shell"
_WHOLE = "/usr/bin/chromium"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

SIZES = {"desk": (1280, 860), "phone": (390, 844)}

# Bounds, not paces: what is waited for comes at once on a quiet machine, in half a minute beside six others.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def launch(kind: BrowserType, *flags: str, whole: bool = False) -> Browser:
    """A new browser of that kind, with more flags; `whole`: the one people have, not the shell."""
    return kind.launch(executable_path=_WHOLE if whole else _SHELL, args=[*_FLAGS, *flags])


_COLOURS_AT_REST = """() => Promise.allSettled(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""


def access_faults(page: Page) -> list[str]:
    """What axe finds in a page once its colours rest: rule, first places, what is wrong with the first."""
    page.evaluate(_COLOURS_AT_REST)
    return [
        f"{fault['id']}: {[node['html'][:120] for node in nodes[:3]]} {nodes[0]['failureSummary']}"
        for fault in Axe().run(page).response["violations"]
        for nodes in [fault["nodes"]]
    ]


def width_kept(page: Page) -> bool:
    """Neither the page nor what stands on its top goes beyond the screen."""
    return bool(
        page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              const shown = [...document.querySelectorAll(".top :is(a, button, .av), .list-head button")]
                .filter((one) => one.checkVisibility());
              const beyond = shown.some((one) => one.getBoundingClientRect().right > wide + 1);
              return document.documentElement.scrollWidth <= wide && !beyond;
            }"""
        )
    )


def page_faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its screen."""
    return access_faults(page) + ([] if width_kept(page) else ["wider than the screen"])
