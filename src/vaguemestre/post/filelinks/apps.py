from django.apps import AppConfig


class FilelinksConfig(AppConfig):
    name = "vaguemestre.post.filelinks"
    label = "filelinks"
    default_auto_field = "django.db.models.BigAutoField"
