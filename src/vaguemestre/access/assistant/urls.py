"""Paths of the identification assistant."""

from django.urls import path

from vaguemestre.access.assistant.views import activation, identification, recovery

app_name = "assistant"
urlpatterns = [
    path("", identification.identify, name="identify"),
    path("code", identification.give_issued_code, name="show-code"),
    path("activer", activation.activate, name="activate"),
    path("force", activation.judge, name="judge-password"),
    path("activation/<str:token>", identification.follow_link, name="follow-link"),
    path("secours", recovery.recover, name="recover"),
    path("secours/code", recovery.give_code, name="recover-code"),
    path("secours/mot-de-passe", recovery.choose_password, name="recover-password"),
]
