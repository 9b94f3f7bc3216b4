"""URLs of operations."""

from django.urls import path

from vaguemestre.desks.operations.views import today

app_name = "operations"
urlpatterns = [
    path("que-faire/<slug:what>", today.show_advice, name="advice"),
]
