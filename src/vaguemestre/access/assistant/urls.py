"""Paths of the identification assistant."""

from django.urls import path

from vaguemestre.access.assistant.views import activating, identifying, recovering

app_name = "assistant"
urlpatterns = [
    path("", identifying.identify, name="identify"),
    path("code", identifying.show_code, name="show-code"),
    path("activer", activating.activate, name="activate"),
    path("force", activating.judge, name="judge-password"),
    path("activation/<str:token>", identifying.follow_link, name="follow-link"),
    path("secours", recovering.recover, name="recover"),
    path("secours/code", recovering.give_code, name="recover-code"),
    path("secours/mot-de-passe", recovering.choose_password, name="recover-password"),
]
