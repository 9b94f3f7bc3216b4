from django.apps import AppConfig


class RedirectsConfig(AppConfig):
    name = "vaguemestre.post.redirects"
    label = "redirects"
    default_auto_field = "django.db.models.BigAutoField"
