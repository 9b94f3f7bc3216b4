"""/messagerie/ecrire/…"""

from django.urls import path, register_converter

from vaguemestre.writing import views


class KeyConverter:
    """A composer's key: 128 random bits in hexadecimal."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KeyConverter, "composer_key")

app_name = "writing"
urlpatterns = [
    path("", views.start, name="start"),
    path("destinataires/", views.suggest_recipients, name="suggest-recipients"),
    path("destinataires/qui/", views.meet_recipients, name="meet-recipients"),
    path("programmes/", views.list_waiting, name="list-waiting"),
    path("<composer_key:key>/", views.compose, name="compose"),
    path("<composer_key:key>/brouillon/", views.save, name="save"),
    path("<composer_key:key>/envoyer/", views.send, name="send"),
    path("<composer_key:key>/etat/", views.tell_state, name="tell-state"),
    path("<composer_key:key>/annuler/", views.cancel, name="cancel"),
    path("<composer_key:key>/abandonner/", views.drop, name="drop"),
    path("<composer_key:key>/dedoubler/", views.fork, name="fork"),
    path("<composer_key:key>/texte/", views.as_text, name="as-text"),
    path("<composer_key:key>/pieces/", views.add_enclosure, name="add-enclosure"),
    path("<composer_key:key>/pieces/<int:enclosure_id>/", views.show_enclosure, name="show-enclosure"),
    path("<composer_key:key>/pieces/<int:enclosure_id>/suite/", views.add_slice, name="add-slice"),
    path(
        "<composer_key:key>/pieces/<int:enclosure_id>/retirer/",
        views.remove_enclosure,
        name="remove-enclosure",
    ),
]
