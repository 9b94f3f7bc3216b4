"""An address worked out once is still the one of the place that asks."""

from django.urls import get_script_prefix, reverse, set_script_prefix

from vaguemestre.foundation.ui.addresses import address


def test_a_page_has_its_address_in_each_mailbox() -> None:
    before = get_script_prefix()
    try:
        for prefix in ("/", "/boites/7/", "/", "/boites/8/"):
            set_script_prefix(prefix)
            assert address("webmail:inbox") == reverse("webmail:inbox") == f"{prefix}messagerie/"
    finally:
        set_script_prefix(before)
