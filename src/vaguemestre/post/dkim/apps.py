from django.apps import AppConfig


class DkimConfig(AppConfig):
    name = "vaguemestre.post.dkim"
    label = "dkim"
    default_auto_field = "django.db.models.BigAutoField"
