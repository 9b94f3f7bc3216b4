"""Paths of SAML."""

from django.urls import path

from vaguemestre.access.sso.saml.views import metadata, metadata_import, single_logout, single_sign_on

app_name = "saml"
urlpatterns = [
    path("administration/applications/importer/saml", metadata_import.add, name="import"),
    path("saml/metadata", metadata.show, name="metadata"),
    path("saml/sso", single_sign_on.sso, name="sso"),
    path("saml/suite", single_sign_on.go_on, name="go-on"),
    path("saml/reprise", single_sign_on.resume, name="resume"),
    path("saml/ouvrir/<slug:client_id>", single_sign_on.start, name="start"),
    path("saml/slo", single_logout.slo, name="slo"),
    path("saml/slo/suite", single_logout.slo_again, name="slo-again"),
]
