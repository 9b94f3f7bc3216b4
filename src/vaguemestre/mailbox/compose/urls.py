"""/messagerie/ecrire/… and /parametres/identites…"""

from django.urls import include, path, register_converter

from vaguemestre.mailbox.compose import views


class KeyConverter:
    """Key of a draft: 128 random bits in hexadecimal."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KeyConverter, "composer_key")

app_name = "compose"
_COMPOSER = [
    path("", views.start, name="start"),
    path("destinataires/", views.suggest_recipients, name="suggest-recipients"),
    path("destinataires/qui/", views.describe_recipients, name="describe-recipients"),
    path("courriels/", views.list_sources, name="list-sources"),
    path("courriels/pieces/", views.list_source_files, name="list-source-files"),
    path("programmes/", views.list_waiting, name="list-waiting"),
    path("<composer_key:key>/", views.compose, name="compose"),
    path("<composer_key:key>/brouillon/", views.save, name="save"),
    path("<composer_key:key>/envoyer/", views.send, name="send"),
    path("<composer_key:key>/etat/", views.sending_state, name="sending-state"),
    path("<composer_key:key>/annuler/", views.cancel, name="cancel"),
    path("<composer_key:key>/abandonner/", views.discard, name="discard"),
    path("<composer_key:key>/dedoubler/", views.fork, name="fork"),
    path("<composer_key:key>/de/", views.hand_over, name="hand-over"),
    path("<composer_key:key>/texte/", views.as_text, name="as-text"),
    path("<composer_key:key>/pieces/courriel/", views.attach_message_files, name="attach-message-files"),
    path("<composer_key:key>/pieces/", views.add_enclosure, name="add-enclosure"),
    path("<composer_key:key>/pieces/<int:enclosure_id>/", views.show_enclosure, name="show-enclosure"),
    path("<composer_key:key>/pieces/<int:enclosure_id>/suite/", views.add_slice, name="add-slice"),
    path(
        "<composer_key:key>/pieces/<int:enclosure_id>/retirer/",
        views.remove_enclosure,
        name="remove-enclosure",
    ),
    path("<composer_key:key>/liens/", views.add_link, name="add-link"),
    path("<composer_key:key>/liens/<int:file_id>/suite/", views.add_link_slice, name="link-slice"),
    path(
        "<composer_key:key>/liens/<int:file_id>/conditions/",
        views.set_link_terms,
        name="link-terms",
    ),
    path("<composer_key:key>/liens/<int:file_id>/retirer/", views.remove_link, name="remove-link"),
    path("<composer_key:key>/exemplaires/", views.mailing, name="mailing"),
    path("<composer_key:key>/exemplaires/partir/", views.start_mailing, name="start-mailing"),
    path("<composer_key:key>/exemplaires/arreter/", views.stop_mailing, name="stop-mailing"),
    path("<composer_key:key>/exemplaires/texte/", views.reopen_mailing, name="reopen-mailing"),
    path("<composer_key:key>/exemplaires/etat/", views.mailing_state, name="mailing-state"),
    path("types/", views.stock_texts, name="stock-texts"),
]
urlpatterns = [
    path("messagerie/ecrire/", include(_COMPOSER)),
    path("parametres/identites", views.list_identities, name="signatures"),
    path("parametres/identites/nouvelle", views.edit_identity, name="new-identity"),
    path("parametres/identites/importer", views.import_identities, name="import-identities"),
    path("parametres/identites/<int:identity_id>", views.edit_identity, name="edit-identity"),
    path("parametres/identites/<int:identity_id>/retirer", views.remove_identity, name="remove-identity"),
    path("parametres/identites/types/nouvelle", views.edit_stock_text, name="new-stock-text"),
    path("parametres/identites/types/<int:text_id>", views.edit_stock_text, name="edit-stock-text"),
    path(
        "parametres/identites/types/<int:text_id>/retirer", views.remove_stock_text, name="remove-stock-text"
    ),
]
