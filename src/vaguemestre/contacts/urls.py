"""/contacts/…"""

from django.urls import path

from vaguemestre.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.list_contacts, name="list-contacts"),
    path("nouveau/", views.add_contact, name="add-contact"),
    path("<int:contact_id>/", views.edit_contact, name="edit-contact"),
    path("<int:contact_id>/supprimer/", views.delete_contact, name="delete-contact"),
]
