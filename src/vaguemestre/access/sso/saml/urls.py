"""Paths of SAML."""

from django.urls import path

from vaguemestre.access.sso.saml.views import entering, importing, leaving, metadata

app_name = "saml"
urlpatterns = [
    path("administration/applications/importer/saml", importing.add, name="import"),
    path("saml/metadata", metadata.show, name="metadata"),
    path("saml/sso", entering.sso, name="sso"),
    path("saml/suite", entering.go_on, name="go-on"),
    path("saml/reprise", entering.resume, name="resume"),
    path("saml/ouvrir/<slug:client_id>", entering.start, name="start"),
    path("saml/slo", leaving.slo, name="slo"),
    path("saml/slo/suite", leaving.slo_again, name="slo-again"),
]
