"""The origin of files: nobody is known here, no cookie is read or written."""

from django.urls import re_path

from vaguemestre.deposits import views

app_name = "lent"
urlpatterns = [re_path(r"^(?P<token>[A-Za-z0-9_-]{43})/$", views.lend, name="lend")]
handler404 = views.nothing_here
