"""The demonstration's steps: each is done once, and one that was cut is done again from where it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.demo import services
from vaguemestre.demo.ledger import Ledger
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.site.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = replace(settings.CONFIG, home=tmp_path)
    for folder in (made.secrets_dir, made.data_dir):
        folder.mkdir(parents=True)
    return made


def done(config: Config, *steps: str) -> None:
    for step in steps:
        Ledger(config.secrets_dir).mark_done(step)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the steps do, by name, done by nobody."""
    told: list[str] = []

    def note(name: str) -> Callable[..., None]:
        def act(*given: Any) -> None:
            told.append(f"{name} {' '.join(given[-1])}" if isinstance(given[-1], tuple) else name)

        return act

    for name in ("load_mail", "fill_office", "write_to_heads", "import_classes"):
        monkeypatch.setattr(services, name, note(name))
    return told


def say_nothing(*_: object) -> None:
    """No progress is shown."""


def test_the_mail_is_loaded_once_what_is_read_first_before_the_rest(config: Config, steps: list[str]) -> None:
    services.first_mail(config, say_nothing)
    for _ in range(2):
        services.mail(config, say_nothing)
    assert steps == ["load_mail teacher colleague", "load_mail", "fill_office", "write_to_heads"]


def test_mail_that_was_cut_is_loaded_again(
    config: Config, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise EngineDown("imap")

    with monkeypatch.context() as cut:
        cut.setattr(services, "write_to_heads", away)
        with pytest.raises(EngineDown):
            services.mail(config, say_nothing)
    assert not Ledger(config.secrets_dir).is_done("mail")
    services.mail(config, say_nothing)
    assert steps[-3:] == ["load_mail", "fill_office", "write_to_heads"]


def test_classes_come_after_the_people_and_once(config: Config, steps: list[str]) -> None:
    services.classes(config)
    assert steps == []
    done(config, "people")
    for _ in range(2):
        services.classes(config)
    assert steps == ["import_classes"]


@pytest.mark.django_db
def test_a_demonstration_is_wanted_until_its_mail_is_there_and_alone_has_its_applications(
    config: Config,
) -> None:
    services.intranet(config)
    assert find_application("accolad") is None
    assert services.accounts(config) == []
    done(config, "people")
    assert services.is_wanted(config)
    for _ in range(2):
        services.intranet(config)
    assert find_application("accolad")
    assert find_application("salles")
    done(config, "mail")
    assert not services.is_wanted(config)
