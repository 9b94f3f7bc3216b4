import gc

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string


class SiteConfig(AppConfig):
    """Plugs the engines once every room is loaded; wiring imports models, so it comes no sooner."""

    name = "vaguemestre.site"
    label = "site"

    def ready(self) -> None:
        import_string("vaguemestre.site.wiring.plug_engines")(settings.CONFIG)
        gc.enable()  # `settings` paused it
