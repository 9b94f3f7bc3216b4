"""Which room answers where."""

from django.urls import URLPattern, URLResolver, include, path

from vaguemestre.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("vaguemestre.signin.urls")),
    path("sante/", views.show_health, name="health"),
    path("sante/ping", views.ping, name="ping"),
]
