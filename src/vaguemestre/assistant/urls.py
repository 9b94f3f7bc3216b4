"""Paths of the identification assistant."""

from django.urls import path

from vaguemestre.assistant import views

app_name = "assistant"
urlpatterns = [
    path("", views.identify, name="identify"),
    path("activer", views.activate, name="activate"),
    path("force", views.judge, name="judge-password"),
    path("activation/<str:token>", views.follow_link, name="follow-link"),
]
