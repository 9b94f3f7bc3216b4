"""URLs of the inventory."""

from django.urls import path

from vaguemestre.desks.inventory import views

app_name = "inventory"
urlpatterns = [
    path("inventaire", views.show_inventory, name="inventory"),
    path("inventaire.csv", views.download, name="file"),
]
