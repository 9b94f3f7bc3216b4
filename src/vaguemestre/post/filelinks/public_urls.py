"""Addresses of the files' origin, which has no sessions and no cookies."""

from django.urls import re_path

from vaguemestre.post.filelinks import views

app_name = "downloads"
_FILE = r"^(?P<token>[A-Za-z0-9_-]{43})/"
urlpatterns = [
    re_path(_FILE + "$", views.show_download, name="show"),
    re_path(_FILE + r"(?P<ticket>[A-Za-z0-9_:-]{20,120})/$", views.download, name="download"),
]
handler404 = views.not_found
