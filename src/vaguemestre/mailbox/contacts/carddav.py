"""CardDAV (RFC 6352) over the address books: Radicale's authentication, rights and storage.

A principal is an account's username; under it, `contacts` is its own book and `ecole-<uai>` its schools'.
Books are neither made nor deleted from here.
"""

import contextlib
import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from django.db import close_old_connections
from django.utils import timezone
from radicale import pathutils
from radicale.auth import BaseAuth
from radicale.item import Item
from radicale.rights import BaseRights
from radicale.storage import BaseCollection, BaseStorage

from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.values import AddressBook, StoredCard
from vaguemestre.people.credentials.queries import account_of_app_password, find_account, usernames_of
from vaguemestre.people.credentials.rules.app_passwords import sha256_of
from vaguemestre.people.credentials.values import AppPasswordScope

SCOPES = (AppPasswordScope.CONTACTS, AppPasswordScope.BOTH)
_OWN = "contacts"
_SCHOOL = "ecole-"
_TOKEN = "http://radicale.org/ns/sync/"  # noqa: S105 (a name space)


def account_of(login: str, password: str) -> int | None:
    """The account that an application password for contacts opens; None for any other."""
    close_old_connections()
    return account_of_app_password(login, sha256_of(password), SCOPES, timezone.now())


class Auth(BaseAuth):
    """Sign-in by application passwords whose scope includes contacts."""

    def _login(self, login: str, password: str) -> str:
        account_id = account_of(login, password)
        return usernames_of([account_id]).get(account_id, "") if account_id else ""


class Rights(BaseRights):
    """Access to the account's own books; they are never created or deleted from here."""

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        pieces = [piece for piece in pathutils.strip_path(path).split("/") if piece]
        if not user or (pieces and pieces[0] != user):
            return ""
        if len(pieces) < 2:
            return "R"
        book = _books_by_name(user).get(pieces[1]) if len(pieces) == 2 else None
        if book is None:
            return ""
        return "rw" if book.may_write else "r"


class Principal(BaseCollection):
    """Root or account: holds books, no cards."""

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def path(self) -> str:
        return self._path

    def get_all(self) -> Iterable[Item]:
        return ()

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        return ((href, None) for href in hrefs)

    def get_meta(self, key: str | None = None) -> Any:
        return {} if key is None else None

    @property
    def last_modified(self) -> str:
        return _http_date(0.0)


class Book(BaseCollection):
    """One address book."""

    def __init__(self, path: str, book: AddressBook) -> None:
        self._path, self._book = path, book

    @property
    def path(self) -> str:
        return self._path

    @property
    def etag(self) -> str:
        return f'"{self._fingerprint()}"'

    @property
    def last_modified(self) -> str:
        return _http_date(queries.last_change(self._book))

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """No hrefs if nothing changed since `old_token`, else ValueError: the client lists everything."""
        token = f"{_TOKEN}{self._fingerprint()}"
        if old_token == token:
            return token, ()
        if old_token:
            raise ValueError("changed since that token")
        return token, (href for href, _ in queries.etags_in(self._book))

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        unique_hrefs = list(dict.fromkeys(hrefs))
        cards = {card.href: card for card in queries.stored_cards_in(self._book, unique_hrefs)}
        return [(href, self._item(cards[href]) if href in cards else None) for href in unique_hrefs]

    def get_all(self) -> Iterable[Item]:
        return [self._item(card) for card in queries.stored_cards_in(self._book)]

    def has_uid(self, uid: str) -> bool:
        return queries.has_uid(self._book, uid)

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:
        (_, replaced), *_ = self.get_multi([href])
        try:
            stored = services.store_card(self._book, item.serialize(), href)
        except Refusal as refusal:
            raise ValueError(refusal.code) from refusal  # Radicale answers 400
        return self._item(stored), replaced

    def delete(self, href: str | None = None) -> None:
        if href is not None:
            services.delete_stored(self._book, href)

    def get_meta(self, key: str | None = None) -> Any:
        meta: Mapping[str, str] = {"tag": "VADDRESSBOOK", "D:displayname": self._book.name}
        return meta if key is None else meta.get(key)

    def set_meta(self, props: Mapping[str, str]) -> None:
        """Ignored: clients cannot rename books."""

    def _fingerprint(self) -> str:
        text = "\n".join(f"{href} {etag}" for href, etag in queries.etags_in(self._book))
        return hashlib.sha256(text.encode()).hexdigest()

    def _item(self, stored: StoredCard) -> Item:
        return Item(
            collection=self,
            href=stored.href,
            text=stored.text,
            etag=f'"{stored.etag}"',
            uid=stored.uid,
            name="VCARD",
            component_name="",  # of a calendar only (radicale.item.find_tag)
            last_modified=_http_date(stored.changed_at),
        )


class Storage(BaseStorage):
    """Storage in our tables."""

    def __init__(self, configuration: Any) -> None:
        super().__init__(configuration)
        self._write_lock = threading.Lock()

    def discover(
        self,
        path: str,
        depth: str = "0",
        child_context_manager: Any = None,
        user_groups: set[str] | None = None,
    ) -> Iterable[BaseCollection | Item]:
        pieces = [piece for piece in pathutils.strip_path(path).split("/") if piece]
        if not pieces:
            yield Principal("")
            return
        books = _books_by_name(pieces[0])
        if not books:
            return
        if len(pieces) == 1:
            yield Principal(pieces[0])
            if depth != "0":
                yield from (Book(f"{pieces[0]}/{name}", book) for name, book in books.items())
        elif book := books.get(pieces[1]):
            yield from _within(Book("/".join(pieces[:2]), book), pieces[2:], depth)

    def move(self, item: Item, to_collection: BaseCollection, to_href: str) -> None:
        source, href = item.collection, item.href
        to_collection.upload(to_href, item)
        if source is not None and href is not None and (source.path, href) != (to_collection.path, to_href):
            source.delete(href)

    def create_collection(self, href: str, items: Any = None, props: Any = None) -> Any:
        raise ValueError("books are made on the pages")

    @contextlib.contextmanager
    def acquire_lock(self, mode: str, user: str = "", *args: Any, **named: Any) -> Iterator[None]:
        """One writer at a time, for a person on all machines, so that If-Match holds until the write."""
        close_old_connections()
        if mode != "w":
            yield
            return
        with self._write_lock, turn(f"carddav {user}"):
            yield

    def verify(self) -> bool:
        return True


def _within(book: Book, rest: list[str], depth: str) -> Iterator[BaseCollection | Item]:
    if not rest:
        yield book
        if depth != "0":
            yield from book.get_all()
    elif len(rest) == 1:
        yield from (item for _, item in book.get_multi(rest) if item)


def _books_by_name(username: str) -> dict[str, AddressBook]:
    """Books of an account by their names in addresses; none for an unknown account."""
    account = find_account(username)
    if account is None:
        return {}
    books = {}
    for book in queries.books_of(account.account_id):
        if book.account_id or book.book_id:
            books[f"{_SCHOOL}{book.uai.lower()}" if book.uai else _OWN] = book
    return books


def _http_date(moment: float) -> str:
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)
