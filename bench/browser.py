"""What somebody waits for, in a real browser: the first page, a click on a message, the page again.

    .venv/bin/python bench/browser.py --home HOME [--rounds 60]

HOME: an instance that runs, with the demonstration's people. Chromium (Debian's) runs on the same machine, so
that it takes its share of the cores. A click counts from the press of the button until the text is loaded in
its frame, its header around it, and the page drawn; also until Chromium notes that it painted the text. A
reload counts until the frame with the first row is drawn; also until what waits behind that frame ran: the
rest of the page parsed, its scripts run. A first load: every byte on the wire, nothing kept from before.
*Bare* is the browser doing the same with next to nothing: a line of text put at the press in a frame of the
same kind, in an empty page; a page of fifty lines without a style or a script.
"""

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PRESSED = """() => {
    let began, pressed, isFull = false;
    const noted = (event) => { isFull ||= event.target.matches("#reader iframe.body"); };
    document.addEventListener("pointerdown", (event) => {
        began = performance.now();
        pressed = event.target.closest(".row");
        document.addEventListener("load", noted, true);
    }, { capture: true, once: true });
    const shown = () => document.querySelector("#reader .message")?.dataset.ref;
    window.opened = new Promise((done, give_up) => {
        setTimeout(give_up, 10000, new Error("no text came"));
        const look = () => {
            if (!isFull || shown() !== pressed.dataset.ref) return requestAnimationFrame(look);
            document.removeEventListener("load", noted, true);
            setTimeout(() => done([performance.now() - began, performance.timeOrigin + began]));
        };
        look();
    });
}"""
# no script runs behind the wall: what is noted can only be looked at
PAINTED = """() => {
    const [found] = performance.getEntriesByName("first-contentful-paint");
    return found ? performance.timeOrigin + found.startTime : null;
}"""
WARMING = 5  # first clicks, not counted
SEEN = 8  # rows opened in turn, never twice the same in a row
# A task before all others runs right after the frame; a timer, behind the parser and the scripts that wait.
FIRST_ROW = """window.firstRow = new Promise((done) => {
    const look = async () => {
        if (!document.querySelector("main .row")) return requestAnimationFrame(look);
        const settled = new Promise((then) => setTimeout(() => then(performance.now())));
        const drawn = await scheduler.postTask(() => performance.now(), { priority: "user-blocking" });
        done([drawn, await settled]);
    };
    requestAnimationFrame(look);
});"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    ready = json.loads((given.home / "run" / "ready.json").read_text())
    teacher = next(one for one in ready["accounts"] if one["role"] == "teacher")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = signed_in(browser, ready["web"], teacher)
        first_load(page, f"{ready['web']}/messagerie/")
        page.add_init_script(FIRST_ROW)
        taken = every_way(page, given.rounds)
        with bare() as place:
            empty = page.context.new_page()  # now in front: a page behind is slowed
            empty.add_init_script(FIRST_ROW)
            empty.goto(place)
            least = every_way(empty, given.rounds)
        for way, found in taken.items():
            told(way, found, least[way])
        browser.close()


def signed_in(browser: Browser, web: str, who: dict[str, str]) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 860}, locale="fr-FR").new_page()
    page.goto(f"{web}/alogin")
    page.get_by_label("Identifiant").fill(who["username"])
    page.get_by_label("Mot de passe ou passcode OTP").fill(who["password"])
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("heading", name="Bonjour").wait_for()
    return page


def first_load(page: Page, address: str) -> None:
    """Requests and bytes of a mail page opened by a browser that keeps nothing."""
    page.goto("about:blank")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda one: urls.update({one["requestId"]: one["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda one: sizes.update({one["requestId"]: one["encodedDataLength"]}))
    page.goto(address)
    page.locator("main .row").first.wait_for()
    page.wait_for_timeout(1000)  # what comes after the rows counts too
    print(f"first load: {len(urls)} requests, {sum(sizes.values()) / 1024:.0f} KB on the wire")
    for number, url in urls.items():
        print(f"  {sizes.get(number, 0) / 1024:6.1f} KB  {urlsplit(url).path}")


def every_way(page: Page, rounds: int) -> dict[str, list[float]]:
    listed, list_settled = reloads(page, rounds // 2)
    loaded, painted = clicks(page, rounds)
    reopened, settled = reloads(page, rounds // 2)
    return {
        "reload of a list to its first row": listed,
        "the same, and what waits behind that frame": list_settled,
        "click to content": loaded,
        "click to content, as Chromium notes its paint": painted,
        "reload with a message open": reopened,
        "the same with a message open, and what waits behind that frame": settled,
    }


def clicks(page: Page, rounds: int) -> tuple[list[float], list[float]]:
    """The mouse pressed and let go on a row, then another; the first ones, warming the browser, left out.

    In milliseconds: until the text is loaded and a frame drawn; until Chromium says that it painted the text.
    """
    rows = page.locator("main .row a.open")
    taken, painted = [], []
    for rank in range(WARMING + rounds):
        row = rows.nth(rank % SEEN)
        row.scroll_into_view_if_needed()
        row.hover()
        page.evaluate(PRESSED)
        page.mouse.down()
        page.mouse.up()
        time, began = page.evaluate("window.opened")
        at = painted_at(shown(page))
        if rank >= WARMING:
            taken.append(float(time))
            painted += [at - began] if at else []
    return taken, painted


def shown(page: Page) -> Frame:
    """The frame that is read, not the unseen one that tells how tall its text is."""
    frame = page.locator("#reader iframe.body").element_handle().content_frame()
    assert frame
    return frame


def painted_at(frame: Frame) -> float | None:
    """In milliseconds since 1970; nothing when it is not noted soon: some first paints never are."""
    for _ in range(20):
        if at := frame.evaluate(PAINTED):
            return float(at)
        frame.wait_for_timeout(10)
    return None


def reloads(page: Page, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each navigation until the frame is drawn, and until what waits behind it ran."""
    drawn, settled = [], []
    for _ in range(rounds + 2):
        page.reload()
        first, then = page.evaluate("window.firstRow")
        drawn.append(float(first))
        settled.append(float(then))
    return drawn[2:], settled[2:]


ROWS = "".join(f'<div class="row"><a class="open" href="#">Ligne {n}</a></div>' for n in range(50))
PAGE = f"""<!doctype html><title>Bare</title><main>{ROWS}</main><div id="reader">
<iframe class="body" sandbox="allow-popups" src="/corps/"></iframe></div><script>
document.addEventListener("pointerdown", () => {{
    document.querySelector("iframe").contentWindow.location.replace("/corps/?" + Math.random());
}});</script>"""


class _Bare(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        content = (PAGE if self.path == "/" else "<!doctype html><p>Bonjour</p>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *said: object) -> None:
        """Nothing."""


@contextmanager
def bare() -> Iterator[str]:
    """The address of a page that holds next to nothing."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Bare) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def told(what: str, taken: list[float], least: list[float]) -> None:
    print(f"{what}: {in_brief(taken)}; bare {in_brief(least)}")


def in_brief(taken: list[float]) -> str:
    if len(taken) < 2:
        return "not noted"
    return f"median {median(taken):.0f} ms, 95th percentile {quantiles(taken, n=20)[-1]:.0f}"


if __name__ == "__main__":
    main()
