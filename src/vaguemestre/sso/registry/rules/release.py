"""What an application is told of somebody: what its registration names, nothing by default."""

from collections.abc import Iterable

from vaguemestre.kernel.errors import Refusal
from vaguemestre.sso.registry.values import Application, Identity

type Told = str | bool | list[str]

# ProConnect's names where it has some (DOMAIN.md §4.6), those of OpenID Connect otherwise.
ATTRIBUTES = (
    "uid",
    "preferred_username",
    "name",
    "given_name",
    "family_name",
    "usual_name",
    "email",
    "email_verified",
    "category",
    "uai",
    "function",
)


def check_released(names: Iterable[str]) -> None:
    """Raises Refusal `sso.attribute-unknown`."""
    for name in names:
        if name not in ATTRIBUTES:
            raise Refusal("sso.attribute-unknown", name=name, known=", ".join(ATTRIBUTES))


def released(application: Application, identity: Identity) -> dict[str, Told]:
    """The attributes of `identity` that this application may know; empty ones are left out."""
    every: dict[str, Told] = {
        "uid": identity.username,
        "preferred_username": identity.username,
        "name": identity.name,
        "given_name": identity.first_name,
        "family_name": identity.last_name,
        "usual_name": identity.last_name,
        "email": identity.address,
        "email_verified": True,
        "category": identity.category,
        "uai": list(identity.schools),
        "function": list(identity.functions),
    }
    return {name: every[name] for name in ATTRIBUTES if name in application.released and every[name]}
