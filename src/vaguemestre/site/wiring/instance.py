"""What belongs to this instance and is quickly loaded: its keys, the marks of what ended."""

from vaguemestre.access.signin import ports as signin
from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.people.credentials import ports as credentials
from vaguemestre.people.credentials.rules import secret_box as credentials_sealing
from vaguemestre.site import secrets
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    signin.revocations.plug(FileRevocations(config.run_dir / "revocations"))
    _plug_keys(config)


def _plug_keys(config: Config) -> None:
    """Plug the keys that this process was given; a slot left empty says so when it is used."""
    folder = config.secrets_dir
    if field_key := secrets.given(folder, "field_key"):
        credentials.secret_keys.plug(credentials_sealing.keys_from(field_key))
