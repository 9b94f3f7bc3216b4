"""Paths of CAS."""

from django.urls import path

from vaguemestre.access.sso.cas import views

app_name = "cas"
urlpatterns = [
    path("login", views.login, name="login"),
    path("reprise", views.resume, name="resume"),
    path("validate", views.validate_1, name="validate"),
    path("serviceValidate", views.validate_2, name="service-validate"),
    path("p3/serviceValidate", views.validate_3, name="p3-service-validate"),
    path("proxyValidate", views.validate_proxied_2, name="proxy-validate"),
    path("p3/proxyValidate", views.validate_proxied_3, name="p3-proxy-validate"),
    path("proxy", views.proxy, name="proxy"),
    path("logout", views.logout, name="logout"),
    path("logout/confirmer", views.confirm_logout, name="confirm-logout"),
]
