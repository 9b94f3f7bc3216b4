from django.urls import path

from vaguemestre.sorting import views

app_name = "sorting"
urlpatterns = [
    path("parametres/absence", views.absence, name="absence"),
    path("parametres/absence/apercu", views.preview, name="preview"),
    path("parametres/absence/etat", views.state, name="state"),
    path("parametres/absence/bandeau", views.banner, name="banner"),
    path("parametres/absence/terminer", views.end, name="end"),
]
