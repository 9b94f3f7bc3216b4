"""/boites/… (the pages of a mailbox itself, /boites/<n>/messagerie/…, are those of one's own)."""

from django.urls import path

from vaguemestre.schools.sharing import views

app_name = "sharing"
urlpatterns = [
    path("", views.list_boxes, name="list-boxes"),
    path("delegation/", views.show_loans, name="loans"),
    path("delegation/confier/", views.lend, name="lend"),
    path("delegation/<int:member_id>/terminer/", views.take_back, name="take-back"),
    path("sans-responsable/", views.list_vacant_boxes, name="vacant-boxes"),
    path("demander/", views.ask, name="ask"),
    path("demandes/<int:request_id>/", views.decide, name="decide"),
    path("<int:box_id>/", views.show_box, name="show-box"),
    path("<int:box_id>/responsable/", views.name_owner, name="name-owner"),
    path("<int:box_id>/membres/", views.add_member, name="add-member"),
    path("<int:box_id>/membres/<int:member_id>/", views.change_member, name="change-member"),
    path("<int:box_id>/membres/<int:member_id>/terminer/", views.end_member, name="end-member"),
    path("<int:box_id>/suivi/", views.show_follow_up, name="follow-up"),
    path("<int:box_id>/actes/", views.show_deeds, name="deeds"),
    path("<int:box_id>/fil/", views.follow, name="follow"),
    path("<int:box_id>/fil/<str:what>/", views.act, name="act"),
    path("<int:box_id>/programmes/", views.make_key, name="make-key"),
    path("<int:box_id>/programmes/<int:number>/revoquer/", views.revoke_key, name="revoke-key"),
]
