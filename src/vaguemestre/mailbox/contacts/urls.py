"""/contacts/…"""

from django.urls import path, re_path

from vaguemestre.mailbox.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.list_contacts, name="list-contacts"),
    path("nouveau/", views.add_contact, name="add-contact"),
    path("personne/", views.show_card, name="person"),
    path("ajouter/", views.keep_address, name="keep-address"),
    path("importer/", views.import_contacts, name="import"),
    re_path(r"^exporter/(?P<kind>vcf|vcf4|csv)/$", views.export_contacts, name="export"),
    path("doublons/", views.show_duplicates, name="duplicates"),
    path("groupes/nouveau/", views.add_group, name="add-group"),
    path("groupes/<int:group_id>/", views.edit_group, name="edit-group"),
    path("carnet/ouvrir/", views.begin_book, name="begin-book"),
    path("carnet/droits/", views.change_writers, name="change-writers"),
    path("<int:contact_id>/", views.edit_contact, name="edit-contact"),
    path("<int:contact_id>/photo/", views.show_photo, name="photo"),
    path("<int:contact_id>/supprimer/", views.delete_contact, name="delete-contact"),
]
