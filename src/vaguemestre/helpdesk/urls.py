"""Paths of the help desk."""

from django.urls import path

from vaguemestre.helpdesk import views

app_name = "helpdesk"
urlpatterns = [
    path("", views.search, name="search"),
    path("compte/<int:account_id>", views.show_account, name="account"),
    path("compte/<int:account_id>/agir", views.act_on, name="act"),
]
