from django.apps import AppConfig


class TraceConfig(AppConfig):
    name = "vaguemestre.post.trace"
    label = "trace"
    default_auto_field = "django.db.models.BigAutoField"
