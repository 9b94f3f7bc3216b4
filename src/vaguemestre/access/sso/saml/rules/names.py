"""XML namespaces, and attribute names by OID (docs/domain.md §4.5 d)."""

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
MDUI = "urn:oasis:names:tc:SAML:metadata:ui"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XML = "http://www.w3.org/XML/1998/namespace"

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
BY_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
BY_NAME = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

_SUPANN = "urn:oid:1.3.6.1.4.1.7135.1.2.1"
_EDUPERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1"
OIDS = {
    "uid": "urn:oid:0.9.2342.19200300.100.1.1",
    "mail": "urn:oid:0.9.2342.19200300.100.1.3",
    "cn": "urn:oid:2.5.4.3",
    "sn": "urn:oid:2.5.4.4",
    "title": "urn:oid:2.5.4.12",
    "givenName": "urn:oid:2.5.4.42",
    "displayName": "urn:oid:2.16.840.1.113730.3.1.241",
    "eduPersonAffiliation": f"{_EDUPERSON}.1",
    "eduPersonPrincipalName": f"{_EDUPERSON}.6",
    "eduPersonScopedAffiliation": f"{_EDUPERSON}.9",
    "supannCivilite": f"{_SUPANN}.4",
    "supannEntiteAffectation": f"{_SUPANN}.8",
    "supannEntiteAffectationPrincipale": f"{_SUPANN}.13",
    "supannEtablissement": f"{_SUPANN}.14",
    "supannAliasLogin": f"{_SUPANN}.20",
    "supannEmpCorps": f"{_SUPANN}.35",
}
BY_OID = {oid: name for name, oid in OIDS.items()}


def tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"
