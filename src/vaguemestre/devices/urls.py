from django.urls import path

from vaguemestre.devices import views

app_name = "devices"
urlpatterns = [
    path("appareils/", views.guide, name="guide"),
    path("appareils/apple.mobileconfig", views.apple_profile, name="apple"),
    path("appareils/essai", views.seen, name="seen"),
    path("appareils/apple/profil", views.make_apple_profile, name="make-apple"),
    path("administration/dns", views.dns, name="dns"),
    path("administration/dns/essai", views.check_dns, name="check-dns"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", views.autoconfig, name="autoconfig"),
    path("mail/config-v1.1.xml", views.autoconfig),
    path("autodiscover/autodiscover.xml", views.autodiscover, name="autodiscover"),
    path("Autodiscover/Autodiscover.xml", views.autodiscover),
]
