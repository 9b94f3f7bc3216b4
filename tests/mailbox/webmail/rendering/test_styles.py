"""CSS read to declarations and written again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.webmail.rendered_html import addresses_in_css

from vaguemestre.mailbox.webmail.rules.rendering.html import styles
from vaguemestre.mailbox.webmail.rules.rendering.html.colours import is_colour, light_dark

CSS = st.lists(
    st.one_of(
        st.sampled_from(
            ["url(", "'", '"', ")", "(", "{", "}", ";", ":", "@import", "@media", "/*", "*/", "\\",
             "\\75 rl(", "<", "</style>",
             "color", "background", "background-image", "red", "#fff", "var(--x)", "image-set(", "http://a.fr/x",
             "!important",
             "--x", "expression(", "calc(1px + 2px)", "rgb(1,2,3)", "linear-gradient(red,blue)",
             " ", "\n", "p", ".x", "width"]
        ),
        st.text(max_size=6),
    ),
    max_size=18,
).map("".join)  # fmt: skip


def nowhere(_: str) -> None:
    return None


@given(CSS)
def test_no_style_attribute_can_load(css: str) -> None:
    assert addresses_in_css(styles.clean_style(css).css) == []


@given(CSS)
def test_no_sheet_can_load_or_close_its_element(css: str) -> None:
    clean = styles.clean_sheet(css, nowhere)
    assert addresses_in_css(clean) == []
    assert "<" not in clean


@given(CSS)
def test_what_was_cleaned_once_is_clean(css: str) -> None:
    once = styles.clean_style(css).css
    assert addresses_in_css(styles.clean_style(once).css) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("width: 10px", "width:10px"),
        ("WIDTH:10PX !important", "width:10PX!important"),
        ("margin:0 auto;position:absolute", "margin:0 auto"),
        ("font:12px/1.5 'Arial', sans-serif", 'font:12px/1.5 "Arial", sans-serif'),
        ("width:calc(100% - 10px)", "width:calc(100% - 10px)"),
        ("color:inherit", "color:inherit"),
        ("background:none", "background:none"),
        ("color", ""),
        ("", ""),
    ],
)
def test_declarations_kept(given: str, kept: str) -> None:
    assert styles.clean_style(given).css == kept


def test_addresses_are_told_apart_from_what_is_kept() -> None:
    cleaned = styles.clean_style("background:url(http://a.fr/1.png) red; width:3px")
    assert cleaned.addresses == ("http://a.fr/1.png",)
    assert cleaned.css == "width:3px"


def test_shown_pictures_are_only_backgrounds_and_only_ours() -> None:
    shown = styles.clean_style_showing(
        "background:url(http://a.fr/1.png) red;list-style-type:url(http://a.fr/2.png)",
        lambda _: 'https://nous/i?"',
    )
    assert "a.fr" not in shown
    assert 'url("https://nous/i?\\"")' in shown
    assert "list-style" not in shown


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_colour_has_a_twin_and_stays_first(colour: str) -> None:
    twin = light_dark(colour)
    assert twin.startswith(f"light-dark({colour},#")
    assert is_colour(colour)


def test_white_paper_becomes_dark_and_black_ink_light() -> None:
    assert light_dark("#ffffff") == "light-dark(#ffffff,#202020)"
    assert light_dark("black") == "light-dark(black,#f0f0f0)"
    assert light_dark("transparent") == "transparent"
    assert light_dark("currentcolor") == "currentcolor"


def selectors_of(selectors: str) -> str:
    return styles.clean_sheet(f"{selectors}{{width:1px}}", nowhere).removesuffix("{width:1px}")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("p", ":where(vm-letter) p"),
        ("td.a > b , #c + i", ":where(vm-letter) td.a > b,:where(vm-letter) #c + i"),
        ("a,b,a", ":where(vm-letter) a,:where(vm-letter) b"),
        ("*", ":where(vm-letter),:where(vm-letter) *"),
        ("a:hover", ":where(vm-letter) a:hover"),
        ("body", "vm-letter"),
        ("HTML", "vm-letter"),
        (":root", "vm-letter"),
        (r"\62ody", "vm-letter"),
        ("html  >  body", "vm-letter"),
        ("body>div:first-child", "vm-letter>div:first-child"),
        ("html body table, td", "vm-letter table,:where(vm-letter) td"),
        ("body.a", ":where(vm-letter) body.a"),  # no `body` stands in there
        ("body-like", ":where(vm-letter) body-like"),
        ("bodyé", ":where(vm-letter) bodyé"),
    ],
)
def test_selectors_reach_into_the_letter_alone(given: str, kept: str) -> None:
    assert selectors_of(given) == kept


@pytest.mark.parametrize(
    "given",
    [".vm-paper", r".\76m-host", ".VM-host", "#vm-x", "vm-letter", "a .b > .vm-host", "+ p", "~ *", "> b",
     "html + p", "body ~ .a", "html>body+div", "body >", ":root~*", "", ","],
)  # fmt: skip
def test_selectors_of_ours_and_of_what_stands_beside_are_dropped(given: str) -> None:
    assert selectors_of(given) == ""
    assert selectors_of(f"{given},p") == ":where(vm-letter) p"
