"""Two people who save one row in the same instant do so one after the other."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.module_loading import import_string

from vaguemestre.foundation.ui.form_turns import FormTurns
from vaguemestre.foundation.ui.shared_form import SHOWN
from vaguemestre.site import settings as site_settings

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 0.3  # seconds: of somebody who must wait


def posted(path: str, **fields: str) -> HttpRequest:
    request = RequestFactory().post(path, fields)
    assert request.POST is not None  # read, as the check of its token does
    return request


class Saving:
    """A view that reads a row, and saves it when let."""

    def __init__(self) -> None:
        self.may_save, self.has_read = Event(), Event()
        self.middleware = FormTurns(self._save)

    def _save(self, request: HttpRequest) -> HttpResponse:
        self.middleware.process_view(request)
        self.has_read.set()
        assert self.may_save.wait(10)
        return HttpResponse()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.middleware(request)
        finally:
            connection.close()


def meets(first: HttpRequest, second: HttpRequest) -> bool:
    """Whether the second reads the row while the first has not saved it yet."""
    one, other = Saving(), Saving()
    other.may_save.set()
    with ThreadPoolExecutor() as threads:
        saves = [threads.submit(one, first)]
        assert one.has_read.wait(10)
        saves.append(threads.submit(other, second))
        met = other.has_read.wait(PATIENCE)
        one.may_save.set()
        assert not wait(saves, timeout=10).not_done
    assert [save.result().status_code for save in saves] == [200, 200]
    return met


def test_a_row_is_read_again_only_when_saved() -> None:
    assert not meets(posted("/listes/3", shown="{}"), posted("/listes/3", shown="{}"))
    assert not meets(posted("/listes/3", **{"a0-shown": "{}"}), posted("/listes/3", shown="{}"))


def test_others_wait_for_nobody() -> None:
    assert meets(posted("/listes/3", shown="{}"), posted("/listes/4", shown="{}"))
    assert meets(posted("/listes/3", title="x"), posted("/listes/3", title="y"))
    assert meets(posted("/listes/3", shown="{}"), RequestFactory().get("/listes/3", {SHOWN: "{}"}))


def test_the_site_keeps_turns_once_the_token_is_read() -> None:
    order = [import_string(name) for name in site_settings.MIDDLEWARE]
    names = [one.__name__ for one in order]
    assert names.index("FormTurns") > names.index("CsrfViewMiddleware")
