"""The origin of files: nobody is known here, no cookie is read or written."""

from django.urls import re_path

from vaguemestre.post.filelinks import views

app_name = "lent"
_FILE = r"^(?P<token>[A-Za-z0-9_-]{43})/"
urlpatterns = [
    re_path(_FILE + "$", views.lend, name="lend"),
    re_path(_FILE + r"(?P<ticket>[A-Za-z0-9_:-]{20,120})/$", views.give, name="give"),
]
handler404 = views.nothing_here
