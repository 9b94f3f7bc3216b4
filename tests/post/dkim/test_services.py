"""Steps of DKIM keys: rows, private halves and the journal stay together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.dkim.models import DkimKey
from vaguemestre.post.dkim.queries import has_active_key, keys_of
from vaguemestre.post.dkim.services import advance_keys, renew_keys, write_keys
from vaguemestre.post.dkim.values import KeyState, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
DOMAIN = "ac-x.fr"
START = datetime(2026, 11, 28, 8, tzinfo=UTC)


class Keys:
    """Private keys in memory, and what the signer uses."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.used: tuple[str, ...] = ()
        self.is_full = False

    def store(self, domain: str, selector: str, private: bytes) -> None:
        if self.is_full:
            raise EngineDown("disk")
        self.files[selector] = private

    def sealed(self, domain: str, selector: str) -> str:
        return self.files[selector].hex() if selector in self.files else ""

    def take(self, domain: str, selector: str, sealed: str) -> None:
        self.store(domain, selector, bytes.fromhex(sealed))

    def use(self, domain: str, selectors: Sequence[str]) -> None:
        assert set(selectors) <= set(self.files)
        self.used = tuple(selectors)

    def erase(self, domain: str, selector: str) -> None:
        self.files.pop(selector, None)


class Zone:
    """Records that somebody published. `is_silent`: no server answers."""

    def __init__(self) -> None:
        self.texts: dict[str, tuple[str, ...]] = {}
        self.is_silent = False

    def publish(self) -> None:
        self.texts = {key.record_name: (key.record_value,) for key in keys_of(DOMAIN)}

    def __call__(self, names: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        return {name: None if self.is_silent else self.texts.get(name, ()) for name in names}


def advance(zone: Zone, keys: Keys, now: datetime) -> list[StepKind]:
    return [step.kind for step in advance_keys(DOMAIN, zone, keys, working_days=180, now=now)]


def test_two_keys_are_prepared_then_sign_once_published_the_rsa_one_first() -> None:
    zone, keys = Zone(), Keys()
    assert advance(zone, keys, START) == [StepKind.PREPARE] * 2
    assert advance(zone, keys, START) == []
    assert not has_active_key(DOMAIN)
    assert keys.used == ()
    zone.publish()
    advance(zone, keys, START + timedelta(hours=1))
    assert has_active_key(DOMAIN)
    assert keys.used == ("rsa20261128", "ed20261128")
    assert Entry.objects.filter(action="dkim.key-activated").count() == 2


def test_nothing_moves_while_no_server_answers() -> None:
    zone, keys = Zone(), Keys()
    advance(zone, keys, START)
    zone.publish()
    zone.is_silent = True
    assert advance(zone, keys, START + timedelta(days=2)) == []
    assert not has_active_key(DOMAIN)


def test_a_renewal_keeps_a_signing_key_throughout_and_erases_the_old_one() -> None:
    zone, keys = Zone(), Keys()
    advance(zone, keys, START)
    zone.publish()
    advance(zone, keys, START)
    later = START + timedelta(days=30)
    assert renew_keys(DOMAIN, keys, now=later, by="cli") == ("rsa20261228", "ed20261228")
    assert renew_keys(DOMAIN, keys, now=later, by="cli") == ()
    assert keys.used == ("rsa20261128", "ed20261128")
    zone.publish()
    advance(zone, keys, later)
    assert keys.used == ("rsa20261128", "ed20261128")
    advance(zone, keys, later + timedelta(days=1))
    assert keys.used == ("rsa20261228", "ed20261228")
    assert set(keys.files) == set(keys.used)
    advance(zone, keys, later + timedelta(days=8))
    assert [key.state for key in keys_of(DOMAIN)] == [KeyState.GONE] * 2 + [KeyState.ACTIVE] * 2


def test_a_key_whose_private_half_cannot_be_kept_is_not_published() -> None:
    zone, keys = Zone(), Keys()
    keys.is_full = True
    with pytest.raises(EngineDown):
        advance(zone, keys, START)
    assert keys_of(DOMAIN) == ()


def test_a_key_made_on_one_machine_signs_on_the_others_and_is_sealed_no_longer_than_it_serves() -> None:
    zone, here, there = Zone(), Keys(), Keys()
    advance(zone, here, START)
    write_keys(DOMAIN, there)
    assert there.files == here.files
    zone.publish()
    advance(zone, there, START)  # whichever machine leads
    write_keys(DOMAIN, here)
    assert here.used == there.used == ("rsa20261128", "ed20261128")
    later = START + timedelta(days=30)
    renew_keys(DOMAIN, there, now=later, by="cli")
    zone.publish()
    for days in (0, 1):
        advance(zone, there, later + timedelta(days=days))
    write_keys(DOMAIN, here)
    assert here.used == there.used == ("rsa20261228", "ed20261228")
    assert here.files == there.files
    assert set(DkimKey.objects.exclude(sealed="").values_list("selector", flat=True)) == set(here.used)


def test_a_key_made_before_keys_were_exchanged_is_sealed_where_it_is() -> None:
    zone, here, there = Zone(), Keys(), Keys()
    advance(zone, here, START)
    DkimKey.objects.update(sealed="")
    write_keys(DOMAIN, here)
    write_keys(DOMAIN, there)
    assert there.files == here.files
