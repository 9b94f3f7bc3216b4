"""Paths of the sign-in."""

from django.urls import path

from vaguemestre.access.signin.views import (
    activity,
    alarms,
    interrupted_acts,
    keys,
    passkeys,
    recovery_contacts,
    second_factors,
    security,
)
from vaguemestre.access.signin.views import sign_in as views

app_name = "signin"
urlpatterns = [
    path("alogin", views.sign_in, name="sign-in"),
    path("alogin/un-instant", views.resume_sign_in, name="resume"),
    path("alogin/cle", passkeys.sign_in, name="sign-in-passkey"),
    path("alogin/cle/options", passkeys.sign_in_options, name="sign-in-passkey-options"),
    path("alogin/code", views.give_code, name="give-code"),
    path("deconnexion", views.sign_out, name="sign-out"),
    path("compte/reprise", interrupted_acts.resume, name="resume-act"),
    path("compte/pas-moi/<str:token>", alarms.show_alarm, name="alarm"),
    path("compte/nouveau-mot-de-passe", alarms.renew, name="renew"),
    path("compte/nouveau-mot-de-passe/force", alarms.judge, name="judge-renewal"),
    path("parametres/activite", activity.show, name="activity"),
    path("parametres/activite/session/<str:handle>/fermer", activity.end_session, name="end-session"),
    path(
        "parametres/activite/navigateur/<int:number>/retirer", activity.forget_browser, name="forget-browser"
    ),
    path(
        "parametres/activite/application/<int:number>/sortir",
        activity.leave_application,
        name="leave-application",
    ),
    path("parametres/securite/pin", keys.choose_pin, name="choose-pin"),
    path("parametres/securite/pin/<int:number>/perdue", keys.declare_lost, name="key-lost"),
    path("parametres/securite", security.show_security, name="security"),
    path("parametres/securite/mot-de-passe", security.change_password, name="change-password"),
    path("parametres/securite/force", security.judge, name="judge-password"),
    path("parametres/securite/autres-sessions", security.end_others, name="end-others"),
    path("parametres/securite/application", second_factors.enrol, name="enrol"),
    path("parametres/securite/application/autre", second_factors.start_again, name="enrol-again"),
    path(
        "parametres/securite/application/<int:number>/retirer",
        second_factors.remove,
        name="remove-application",
    ),
    path("parametres/securite/cle", passkeys.add, name="add-passkey"),
    path("parametres/securite/cle/options", passkeys.creation_options, name="passkey-options"),
    path("parametres/securite/cle/<int:number>/retirer", passkeys.remove, name="remove-passkey"),
    path("parametres/securite/codes", second_factors.renew_codes, name="renew-codes"),
    path("parametres/securite/contact", recovery_contacts.set_contact, name="set-contact"),
    path("parametres/securite/contact/code", recovery_contacts.prove_contact, name="prove-contact"),
    path(
        "parametres/securite/contact/<int:number>/retirer",
        recovery_contacts.drop_contact,
        name="drop-contact",
    ),
]
