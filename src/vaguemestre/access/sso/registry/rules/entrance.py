"""Who may enter an application, and what must be settled first."""

from collections.abc import Collection

from vaguemestre.access.sso.registry.values import Assurance, Identity, Obstacle, Registration

_SECOND_FACTOR = "mfa"


def may_enter(application: Registration, identity: Identity) -> bool:
    """Whether an active user has a listed role, or meets every criterion; everybody if nothing is listed."""
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
    listed = [(values, own) for values, own in criteria if values]
    if not listed:
        return not application.roles
    return all(own & set(values) for values, own in listed)


def obstacle(
    application: Registration, identity: Identity, methods: Collection[str], *, agreed: bool
) -> Obstacle | None:
    """The first obstacle to entering. `methods`: how the user signed in (RFC 8176)."""
    if not identity.is_active:
        return Obstacle.CLOSED
    if not may_enter(application, identity):
        return Obstacle.RESERVED
    if application.assurance is Assurance.OTP and _SECOND_FACTOR not in methods:
        return Obstacle.ASSURANCE
    if application.consent and not agreed:
        return Obstacle.CONSENT
    return None
