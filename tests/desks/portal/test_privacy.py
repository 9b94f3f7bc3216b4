"""The page of personal data says what the code does: each duration is the one that is applied."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.access.signin.people import NOON

from vaguemestre.access.signin.rules import limits
from vaguemestre.access.signin.services import sessions
from vaguemestre.desks.enrolment.services import requests
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.portability import handlers as moving
from vaguemestre.post.outbox.services import delivery_status
from vaguemestre.schools.sharing.services import collaboration

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines() -> dict[str, str]:
    """What is kept → how long, as the page says."""
    page = Client().get("/donnees-personnelles").content.decode()
    kept = page.partition("Combien de temps")[2].partition("</ul>")[0]
    items = re.findall(r"<li>(.*?)</li>", kept, re.DOTALL)
    return dict(html.unescape(item).split(" : ", 1) for item in items)


def test_sessions_last_what_is_said(lines: dict[str, str]) -> None:
    said = lines["Sessions"]
    assert (timedelta(hours=1), timedelta(minutes=15)) == (limits.IDLE, limits.IDLE_SHARED)
    assert "1 heure sans rien faire (15 minutes sur un ordinateur partagé)" in said
    assert timedelta(hours=12) == limits.MAX_DURATION
    assert "après 12 heures au plus" in said
    assert timedelta(days=30) == limits.OWN_DEVICE
    assert "« Mon appareil », 30 jours" in said
    assert limits.session_end(NOON, NOON, shared=False, mine=True) == NOON + timedelta(days=30)
    assert limits.is_read_only(NOON, NOON + timedelta(hours=13), mine=True)
    assert timedelta(days=2) == sessions.DELETED_AFTER
    assert "2 jours" in lines["Sessions terminées et essais de connexion infructueux"]


def test_the_journal_is_said_to_be_kept_and_is(lines: dict[str, str]) -> None:
    assert "sans limite de durée" in lines["Journal des connexions et des actes sur les comptes"]
    with transaction.atomic():
        record("signin.signed-in", to="account:1", by="account:1", at=NOON - timedelta(days=4000))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Entry._meta.db_table}")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "kept", "said"),
    [
        ("Suivi des envois (destinataires, heure, ce que chacun est devenu)", delivery_status.RETENTION, 180),
        ("Activité des boîtes partagées", collaboration.ACTIVITY_KEPT, 365),
        ("Fichiers apportés ou à emporter (import, export)", moving.KEPT, 7),
        ("Demande de NUMEN", requests.PROOFS_KEPT, 30),
    ],
)
def test_other_data_are_kept_as_long_as_said(
    lines: dict[str, str], what: str, kept: timedelta, said: int
) -> None:
    assert kept == timedelta(days=said)
    assert f"{said} jours" in lines[what]


def test_what_the_academie_decides_is_read_from_its_configuration(lines: dict[str, str]) -> None:
    config = settings.CONFIG
    assert f"{config.lifecycle.transfer_closed} jours après une mutation" in lines["Compte"]
    assert f"{config.lifecycle.retirement_closed} jours après une retraite" in lines["Compte"]
    assert f"{config.feed.grace_days} jours après la fin d’un contrat" in lines["Compte"]
    assert f"{config.lifecycle.purged} jours" in lines["Courriels"]
    assert f"{config.lifecycle.civil_status_months} mois" in lines["État civil"]
    assert f"{config.files.most_days} jours" in lines["Fichiers prêtés par un lien"]
