"""A letter's own style sheet dresses the letter: not our header on the page to print, not our marks."""

from email import policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HIDING = "display:none!important;visibility:hidden!important;opacity:0!important;font-size:0!important"
# What would hide or cover a header that stands before the letter in one document
AGAINST_THE_HEADER = {
    "class": f"<style>.vm-paper,.vm-paper *{{{HIDING}}}</style>",
    "escaped class": rf"<style>.\76m-paper,.\76m-paper *{{{HIDING}}}</style>",
    "place": f"<style>body>div:first-child,body>:first-child,body>*{{{HIDING}}}</style>",
    "root": f"<style>:root>*>*,html body>*{{{HIDING}}}</style>",
    "everything": f"<style>*,h1,th,td,bdi,table{{{HIDING}}}</style>",
    "body": f"<style>html,body,:root,html>body{{{HIDING};height:0!important;overflow:hidden}}</style>",
    "body tag": f'<body style="{HIDING}">',
    "beside": f"<style>body+*,body~*,+*,~*,*+*,vm-sheet,vm-letter{{{HIDING}}}</style>",
    "drawn over": "<style>body{margin-top:-900px!important}</style>"
    '<div style="margin-top:-900px;height:1200px;background:#fff">x</div>',
    "float drawn over": '<div style="float:left;width:100%;margin-top:-900px;height:1200px;background:red">x'
    "</div>",
    "own class": f'<style>.vm-paper{{{HIDING}}}</style><div class="vm-paper vm-sheet">x</div>',
    "out of its element": "<style>div{margin-top:-900px}</style>"
    "<ul><li><div><form><li>x</li></form></div></li></ul>"
    '</div></vm-letter></vm-sheet><div style="margin-top:-900px;height:1200px;background:#fff">y</div>',
}
LYING = '<p class="x"><a href="https://voleur.example/">https://www.laposte.fr/</a></p>'
STRONG = "".join(f"{start}{{{HIDING};color:#fff!important}}" for start in (
    ".vm-host", ".x .vm-host", "a+span", ".x.x.x.x>span", "p span,span", "*", ".x *", r".\76m-host"
))  # fmt: skip
AGAINST_THE_MARK = {
    "rules": f"<style>{STRONG}</style>{LYING}",
    "around": '<p style="font-size:0;line-height:0;visibility:hidden;color:#fff;letter-spacing:-2em">'
    f'<span style="visibility:visible;font-size:16px">{LYING}</span></p>',
    "same colour": f'<div style="background:#7a4f00">{LYING}</div>',
    "covered": f'{LYING}<div style="margin-top:-3em;height:6em;background:#fff">Bonjour</div>',
    "cut off": f'<div style="width:190px;height:26px;overflow:hidden">{LYING}</div>',
    "cut off by a rule": f"<style>.c{{max-height:26px;width:178px;overflow:hidden!important}}</style>"
    f'<div class="c">{LYING}</div>',
    "covered, both a little transparent": f'<div style="opacity:.99;height:26px">{LYING}</div>'
    '<div style="opacity:.99;background:#fff;margin-top:-30px;height:90px">Bonjour</div>',
    "out of the window": '<div style="text-indent:-9999px"><a style="float:left;text-indent:0" '
    'href="https://voleur.example/">https://www.laposte.fr/</a></div>',
}


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    return boxes.box("nmorel@ac-amiens.test")


def styled(html: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Mutation"
    message.set_content(html, subtype="html")
    return message.as_bytes(policy=policy.SMTP)


# Whether the middle of an element is what one sees there, through no transparent or invisible one
IS_ON_TOP = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (width < 8 || height < 8) return `no size: ${width} × ${height}`;
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  if (!element.contains(hit)) return `under ${hit.outerHTML}`;
  for (let each = element; each; each = each.parentElement) {
    if (getComputedStyle(each).opacity !== "1") return `opacity of ${each.tagName}`;
  }
  return element.checkVisibility({ checkVisibilityCSS: true }) ? "" : "invisible";
}"""


def assert_is_on_top(what: Locator) -> None:
    assert what.evaluate(IS_ON_TOP) == ""


@pytest.mark.parametrize("attack", AGAINST_THE_HEADER)
def test_the_printed_header_is_out_of_reach_of_the_letter(
    page: Page, box: MemoryMailbox, attack: str
) -> None:
    page.add_init_script("window.print = () => {}")
    page.goto(address(put(box, styled(AGAINST_THE_HEADER[attack]))) + "imprimer/")
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        heading = page.locator(".vm-paper h1")
        expect(heading).to_have_text("Mutation")
        assert_is_on_top(heading)
        assert_is_on_top(
            page.locator(".vm-paper td").filter(has_text="ines.roy@dehors.example").locator("bdi")
        )
        assert heading.evaluate("part => getComputedStyle(part).fontSize") == "20px"


@pytest.mark.parametrize("attack", AGAINST_THE_HEADER)
def test_no_letter_of_a_printed_conversation_reaches_another_or_its_header(
    page: Page, box: MemoryMailbox, attack: str
) -> None:
    page.add_init_script("window.print = () => {}")
    started = b"Message-ID: <0@x>\r\n" + styled("<p>Avant</p>")
    put(box, started)
    mean = b"Message-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\n" + styled(AGAINST_THE_HEADER[attack] + "</template>")
    put(box, mean, minutes=1)
    last = put(box, b"Message-ID: <2@x>\r\nIn-Reply-To: <0@x>\r\n" + styled("<p>Après</p>"), minutes=2)
    page.goto(address(last) + "imprimer/?conversation=1")
    page.emulate_media(media="print")
    expect(page.locator(".vm-paper h1")).to_have_text(["Mutation"] * 3)
    expect(page.locator("body > vm-sheet")).to_have_count(3)
    for heading in page.locator(".vm-paper h1").all():
        heading.scroll_into_view_if_needed()
        assert_is_on_top(heading)
        assert heading.evaluate("part => getComputedStyle(part).fontSize") == "20px"
    heights = page.evaluate("[...document.querySelectorAll('vm-sheet')].map((one) => one.offsetHeight)")
    assert heights[0] == heights[2] > 15


@pytest.mark.parametrize("attack", AGAINST_THE_MARK)
def test_the_true_host_beside_a_link_is_out_of_reach_of_the_letter(
    page: Page, box: MemoryMailbox, attack: str
) -> None:
    page.goto(address(put(box, styled(AGAINST_THE_MARK[attack]))) + "corps/")
    mark = page.locator(".vm-host")
    expect(mark).to_have_text("→ voleur.example")
    if attack != "rules":  # there the link and its mark vanish together
        assert_is_on_top(mark)
    colours = mark.evaluate("part => [getComputedStyle(part).color, getComputedStyle(part).backgroundColor]")
    assert colours == ["rgb(122, 79, 0)", "rgb(255, 248, 230)"]
    assert mark.evaluate("part => getComputedStyle(part).fontSize") == "13px"


def test_a_letter_keeps_its_own_look(page: Page, box: MemoryMailbox) -> None:
    """Its rules apply to what they name, `body` and `html` to the sheet it is written on."""
    rules = (
        "html,body{background:#eee;padding:0}body{color:#123456}"
        "body>table{width:300px}html>body .a{color:#c00}"
        "* {letter-spacing:1px}.a+.a{font-weight:700}@media (min-width:1px){td.b{padding:7px}}"
    )
    text = '<table><tr><td class="a">1</td><td class="a b">2</td></tr></table>texte'
    page.goto(address(put(box, styled(f"<style>{rules}</style>{text}"))) + "corps/")
    sheet = page.get_by_text("texte", exact=False).first
    assert sheet.evaluate("part => getComputedStyle(part).color") == "rgb(18, 52, 86)"
    assert sheet.evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(238, 238, 238)"
    assert sheet.evaluate("part => getComputedStyle(part).paddingTop") == "0px"
    cell = page.locator("td.b")
    told = "(part, names) => names.map((name) => getComputedStyle(part)[name])"
    asked = ["color", "fontWeight", "paddingTop", "letterSpacing"]
    assert cell.evaluate(told, asked) == ["rgb(204, 0, 0)", "700", "7px", "1px"]
    assert page.locator("table").evaluate("part => part.offsetWidth") == 300


def test_the_button_of_a_quotation_is_not_printed_but_the_quotation_is(
    page: Page, box: MemoryMailbox
) -> None:
    quoted = (
        '<div>À huit heures.</div><div class="gmail_quote"><div>Le mar. 24 nov. 2026 à 09:12, Zoé '
        "&lt;z@x.test&gt; a écrit :</div><blockquote>À quelle heure ?</blockquote></div>"
    )
    page.goto(address(put(box, styled(quoted))) + "corps/")
    button = page.get_by_text("Texte cité")
    expect(button).to_be_visible()
    page.emulate_media(media="print")
    expect(button).to_be_hidden()
    expect(page.get_by_text("À quelle heure ?")).to_be_visible()
