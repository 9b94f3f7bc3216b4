"""URLs of the staff of an establishment."""

from django.urls import path

from vaguemestre.desks.schoolstaff import views

app_name = "schoolstaff"
urlpatterns = [
    path("mes-personnels", views.list_staff, name="staff"),
    path("mes-personnels/lettres", views.print_letters, name="letters"),
]
