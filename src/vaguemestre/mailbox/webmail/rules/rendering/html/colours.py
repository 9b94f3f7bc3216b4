"""Colours of messages in the dark theme."""

import colorsys
import re
from functools import lru_cache

from tinycss2 import color3

# Lightness of the dark theme's background and text (ui/tokens.css), in place of white and black
_DARKEST, _LIGHTEST = 0.125, 0.94
_SIX_DIGITS = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_THREE_NUMBERS = re.compile(
    r"rgb\(\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*\)", re.ASCII | re.IGNORECASE
)


@lru_cache(maxsize=4096)
def light_dark(colour: str) -> str:
    """`light-dark(colour, its dark counterpart)` (CSS Color 5 §3.2); `colour` itself if it is a keyword.

    `colour`: CSS text known to be a colour or a keyword such as `inherit`.
    """
    parsed = _parsed(colour)
    if parsed is None or isinstance(parsed, str) or parsed.alpha == 0:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(
        *(min(max(part, 0.0), 1.0) for part in (parsed.red, parsed.green, parsed.blue))
    )
    turned = _DARKEST + (1 - lightness) * (_LIGHTEST - _DARKEST)
    red, green, blue = colorsys.hls_to_rgb(hue, turned, saturation * 0.85)
    digits = "".join(f"{round(part * 255):02x}" for part in (red, green, blue))
    alpha = "" if parsed.alpha >= 1 else f"{round(parsed.alpha * 255):02x}"
    return f"light-dark({colour},#{digits}{alpha})"


@lru_cache(maxsize=4096)
def is_colour(text: str) -> bool:
    """Whether `text` is a CSS colour other than `currentcolor`."""
    parsed = _parsed(text)
    return parsed is not None and not isinstance(parsed, str)


def _parsed(text: str) -> color3.RGBA | str | None:
    """Parse a colour; the two commonest forms without tinycss2, which takes ten times as long."""
    if _SIX_DIGITS.fullmatch(text):
        red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
        return color3.RGBA(red, green, blue, 1.0)
    if match := _THREE_NUMBERS.fullmatch(text):
        red, green, blue = (int(figure) / 255 for figure in match.groups())
        return color3.RGBA(red, green, blue, 1.0)
    parsed: color3.RGBA | str | None = color3.parse_color(text)
    return parsed
