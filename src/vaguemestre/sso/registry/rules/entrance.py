"""Who may enter an application."""

from vaguemestre.sso.registry.values import Application, Identity


def may_enter(application: Application, identity: Identity) -> bool:
    """Active people of a named category or role; everybody active where nothing is named."""
    if not identity.is_active:
        return False
    if not application.categories and not application.roles:
        return True
    return identity.category in application.categories or identity.role in application.roles
