"""Who may enter an application, and what still stands in the way."""

from collections.abc import Collection

from vaguemestre.access.sso.registry.values import Assurance, Identity, Obstacle, Registration

_SECOND_FACTOR = "mfa"


def may_enter(application: Registration, identity: Identity) -> bool:
    """Active people whose role is named, or who meet each criterion that is; all where nothing is named."""
    if not identity.is_active:
        return False
    if identity.role in application.roles:
        return True
    criteria = (
        (application.categories, {identity.category}),
        (application.functions, set(identity.functions)),
        (application.schools, set(identity.schools)),
        (application.services, {identity.service}),
    )
    named = [(wanted, held) for wanted, held in criteria if wanted]
    if not named:
        return not application.roles
    return all(held & set(wanted) for wanted, held in named)


def obstacle(
    application: Registration, identity: Identity, methods: Collection[str], *, agreed: bool
) -> Obstacle | None:
    """The first thing to settle before entering. `methods`: how they signed in (RFC 8176)."""
    if not identity.is_active:
        return Obstacle.CLOSED
    if not may_enter(application, identity):
        return Obstacle.RESERVED
    if application.assurance is Assurance.OTP and _SECOND_FACTOR not in methods:
        return Obstacle.ASSURANCE
    if application.consent and not agreed:
        return Obstacle.CONSENT
    return None
