"""/lien/."""

from django.urls import re_path

from vaguemestre.post.redirects import views

app_name = "redirects"
urlpatterns = [re_path(r"^(?P<signed>[A-Za-z0-9_.:-]{1,12000})$", views.follow, name="follow")]
