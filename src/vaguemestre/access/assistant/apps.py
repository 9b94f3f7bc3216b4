from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "vaguemestre.access.assistant"
    label = "assistant"
    default_auto_field = "django.db.models.BigAutoField"
