"""URLs of operations."""

from django.urls import path

from vaguemestre.desks.operations.views import queue, today

app_name = "operations"
urlpatterns = [
    path("file", queue.show_queue, name="queue"),
    path("file/agir", queue.act, name="queue-act"),
    path("file/renvoyer", queue.send_back, name="queue-send-back"),
    path("que-faire/<slug:what>", today.show_advice, name="advice"),
]
