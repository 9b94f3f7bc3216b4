"""Paths of the help desk, of whoever confirms an identity, and of people in trouble."""

from django.urls import path

from vaguemestre.desks.helpdesk.views import absences, accounts, hand_overs, keys, requests

app_name = "helpdesk"
urlpatterns = [
    path("assistance/", accounts.search, name="search"),
    path("assistance/compte/<int:account_id>", accounts.show_account, name="account"),
    path("assistance/compte/<int:account_id>/agir", accounts.act_on, name="act"),
    path("assistance/compte/<int:account_id>/messagerie", accounts.show_mail, name="mail"),
    path("assistance/compte/<int:account_id>/remise", hand_overs.ask, name="ask-hand-over"),
    path("assistance/compte/<int:account_id>/absence", absences.set_absence, name="absence"),
    path("assistance/compte/<int:account_id>/cle", keys.give, name="key"),
    path("assistance/compte/<int:account_id>/cle/perdue", keys.lose, name="lose-key"),
    path(
        "assistance/compte/<int:account_id>/cle/<int:device_id>/recu", keys.show_receipt, name="key-receipt"
    ),
    path("assistance/cles", keys.stock, name="stock"),
    path("assistance/demandes", requests.list_all, name="requests"),
    path("assistance/demandes/<int:request_id>", requests.show, name="request"),
    path("assistance/remises", hand_overs.list_mine, name="hand-overs"),
    path("assistance/remises/<int:hand_over_id>", hand_overs.confirm, name="hand-over"),
    path("assistance/remises/<int:hand_over_id>/refuser", hand_overs.refuse, name="refuse-hand-over"),
    path("aide/demande", requests.ask, name="ask"),
    path("aide/demande/<str:token>", requests.follow, name="follow"),
]
