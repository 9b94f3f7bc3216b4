"""An ENT made by others (pysaml2, over xmlsec1): it reads our metadata and request, and answers its way."""

from pathlib import Path

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server

from vaguemestre.access.sso.saml.values import SigningPair

NAME, DOOR = "https://ent-autre.example/idp", "https://ent-autre.example/idp/sso"


class OtherEnt:
    """`folder`: its files. `ours`: our metadata."""

    def __init__(
        self, folder: Path, pair: SigningPair, ours: bytes, *, door: str = DOOR, name: str = NAME
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        key, certificate, known = folder / "key.pem", folder / "cert.pem", folder / "ours.xml"
        key.write_bytes(pair.private_pem)
        certificate.write_bytes(pair.certificate)
        known.write_bytes(ours)
        told = {
            "entityid": name,
            "service": {
                "idp": {
                    "name": "Un autre ENT",
                    "endpoints": {"single_sign_on_service": [(door, BINDING_HTTP_REDIRECT)]},
                    "want_authn_requests_signed": True,
                    "sign_assertion": True,
                    "sign_response": False,
                    "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                    "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
                    "policy": {"default": {"lifetime": {"minutes": 5}}},
                }
            },
            "key_file": str(key),
            "cert_file": str(certificate),
            "metadata": {"local": [str(known)]},
            "xmlsec_binary": "/usr/bin/xmlsec1",
        }
        self._config = IdPConfig().load(told)
        self._server = Server(config=self._config)

    def metadata(self) -> bytes:
        return str(entity_descriptor(self._config)).encode()

    def answer(self, query: dict[str, str], user: str, *, whole: bool = False) -> tuple[str, str]:
        """(where to, the message in base64) for a request it finds signed by us. `whole`: all is signed."""
        asked = self._server.parse_authn_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=query.get("RelayState"),
            sigalg=query["SigAlg"],
            signature=query["Signature"],
        )
        arguments = self._server.response_args(asked.message, [BINDING_HTTP_POST])
        name = NameID(format=NAMEID_FORMAT_PERSISTENT, text=user)
        made = self._server.create_authn_response(
            {"uid": [user]},
            userid=user,
            name_id=name,
            authn={"class_ref": PASSWORD, "authn_auth": NAME},
            sign_assertion=True,
            sign_response=whole,
            **{key: value for key, value in arguments.items() if key != "name_id_policy"},
        )
        sent = self._server.apply_binding(
            BINDING_HTTP_POST, str(made), arguments["destination"], response=True
        )
        page = str(sent["data"])
        return arguments["destination"], page.partition('name="SAMLResponse" value="')[2].partition('"')[0]
