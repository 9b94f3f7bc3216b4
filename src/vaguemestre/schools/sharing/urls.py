"""/boites/…; the webmail itself serves /boites/<n>/messagerie/… (`site.middleware`)."""

from django.urls import path

from vaguemestre.schools.sharing import views

app_name = "sharing"
urlpatterns = [
    path("", views.list_boxes, name="list-boxes"),
    path("delegation/", views.show_delegation, name="delegation"),
    path("delegation/confier/", views.delegate_mailbox, name="delegate-mailbox"),
    path("delegation/<int:member_id>/terminer/", views.end_delegation, name="end-delegation"),
    path("sans-responsable/", views.list_vacant_boxes, name="vacant-boxes"),
    path("demander/", views.request_box, name="request-box"),
    path("demandes/<int:request_id>/", views.decide_request, name="decide-request"),
    path("<int:box_id>/", views.show_box, name="show-box"),
    path("<int:box_id>/responsable/", views.name_owner, name="name-owner"),
    path(
        "<int:box_id>/responsable/<int:account_id>/reprendre/",
        views.take_back_owner,
        name="take-back-owner",
    ),
    path("<int:box_id>/membres/", views.add_member, name="add-member"),
    path("<int:box_id>/membres/plusieurs", views.add_members, name="add-members"),
    path("<int:box_id>/membres/<int:member_id>/", views.change_member, name="change-member"),
    path("<int:box_id>/membres/<int:member_id>/terminer/", views.end_member, name="end-member"),
    path("<int:box_id>/suivi/", views.show_follow_up, name="follow-up"),
    path("<int:box_id>/actes/", views.show_activity, name="activity"),
    path("<int:box_id>/fil/", views.show_collaboration, name="collaboration"),
    path("<int:box_id>/fil/<str:what>/", views.change_thread, name="change-thread"),
    path("<int:box_id>/programmes/", views.create_app_password, name="create-app-password"),
    path(
        "<int:box_id>/programmes/<int:number>/revoquer/",
        views.revoke_app_password,
        name="revoke-app-password",
    ),
]
