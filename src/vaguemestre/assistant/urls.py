"""Paths of the identification assistant."""

from django.urls import path

from vaguemestre.assistant.views import identifying as views
from vaguemestre.assistant.views import recovering

app_name = "assistant"
urlpatterns = [
    path("", views.identify, name="identify"),
    path("activer", views.activate, name="activate"),
    path("force", views.judge, name="judge-password"),
    path("activation/<str:token>", views.follow_link, name="follow-link"),
    path("secours", recovering.recover, name="recover"),
    path("secours/code", recovering.give_code, name="recover-code"),
    path("secours/mot-de-passe", recovering.choose_password, name="recover-password"),
]
