"""Accolad's pages, and the way in and out by OpenID Connect."""

from http import HTTPStatus
from pathlib import Path

from outside.sessions import Inside
from outside.site import Answer, Asked, Door, NotBelieved, Site, cookies, posted, queried

from accolad.departures import Departures
from accolad.provider import Arrival, Provider

NEWS = (
    ("24/11/2026", "Mouvement 2027", "Le serveur des vœux ouvre le 11 janvier. Calendrier et fiches d’aide."),
    ("20/11/2026", "Plan académique de formation", "Les inscriptions du second semestre sont ouvertes."),
    (
        "17/11/2026",
        "Chauffage des établissements",
        "Consigne hivernale : 19 degrés, à partir du 1er décembre.",
    ),
    (
        "12/11/2026",
        "Élections aux conseils",
        "Résultats provisoires par département, à vérifier avant le 27.",
    ),
)
SERVICES = (
    ("mail", "Messagerie", "Lire et écrire ses courriels", "/messagerie/"),
    ("address-book", "Contacts", "Mes correspondants et mes groupes", "/contacts/"),
    ("layout-grid", "Mes applications", "Tout ce qu’ouvre mon compte", "/"),
)


class Accolad(Site[Arrival]):
    name, purpose, sign = "Accolad", "L’intranet de l’académie", "building-community"

    def __init__(self, environment: dict[str, str]) -> None:
        address, issuer = environment["ACCOLAD_ADDRESS"], environment["ACCOLAD_ISSUER"]
        super().__init__(address=address, portal=issuer, look=environment["ACCOLAD_LOOK"])
        secret = Path(environment["ACCOLAD_SECRET_FILE"]).read_text(encoding="utf-8").strip()
        self._provider = Provider(issuer, environment["ACCOLAD_CLIENT_ID"], secret, f"{address}/retour")
        self._departures, self._way = Departures(), self.named_here("chemin")

    def doors(self) -> dict[tuple[str, str], Door]:
        return {("GET", "/retour"): self._back, ("POST", "/dehors"): self._told_out}

    def home(self, inside: Inside[Arrival]) -> Answer:
        told = inside.arrival.told
        return self.page("home.html", told=told, stamp=inside.stamp, news=NEWS, services=SERVICES)

    def enter(self, asked: Asked) -> Answer:
        departure = self._provider.depart()
        return self.to(departure.address, self.cookie(self._way, self._departures.leave(departure)))

    def way_out(self, arrival: Arrival) -> str:
        return self._provider.way_out(arrival.id_token, f"{self.address}/au-revoir")

    def _back(self, asked: Asked) -> Answer:
        """With a code, in the browser that left to fetch it."""
        departure = self._departures.back(cookies(asked).get(self._way, ""))
        if departure is None:
            return self.to(f"{self.address}/")
        arrival = self._provider.arrive(departure, queried(asked))
        return self.let_in(arrival, asked, self.cookie(self._way, "", age=0))

    def _told_out(self, asked: Asked) -> Answer:
        """All of that session at the provider; all of that person when no session is named."""
        try:
            sub, sid = self._provider.gone(posted(asked).get("logout_token", ""))
        except NotBelieved:
            return self.word("", HTTPStatus.BAD_REQUEST)
        self.sessions.let_out_all(lambda one: one.sub == sub and (not sid or one.sid == sid))
        return self.word("")
