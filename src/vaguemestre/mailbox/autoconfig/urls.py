from django.urls import path

from vaguemestre.mailbox.autoconfig.views import programs, settings

app_name = "autoconfig"
urlpatterns = [
    path("appareils/", settings.guide, name="guide"),
    path("appareils/apple.mobileconfig", settings.apple_profile, name="apple"),
    path("appareils/essai", settings.seen, name="seen"),
    path("appareils/apple/profil", settings.make_apple_profile, name="make-apple"),
    path("appareils/autoriser", programs.authorize, name="authorize"),
    path("appareils/jeton", programs.token, name="token"),
    path("appareils/jeton/revoquer", programs.revoke, name="revoke-token"),
    path("appareils/messagerie.xpi", programs.add_on, name="add-on"),
    path(".well-known/oauth-authorization-server/appareils", programs.metadata, name="metadata"),
    path(".well-known/mta-sts.txt", settings.mta_sts, name="mta-sts"),
    path("administration/dns", settings.dns, name="dns"),
    path("administration/dns/essai", settings.check_dns, name="check-dns"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", settings.autoconfig, name="autoconfig"),
    path("mail/config-v1.1.xml", settings.autoconfig),
    path("autodiscover/autodiscover.xml", settings.autodiscover, name="autodiscover"),
    path("Autodiscover/Autodiscover.xml", settings.autodiscover),
]
