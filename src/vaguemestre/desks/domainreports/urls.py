"""URLs of domain reports, under /administration/."""

from django.urls import path

from vaguemestre.desks.domainreports.views import reports

app_name = "domainreports"
urlpatterns = [path("rapports", reports.show_reports, name="reports")]
