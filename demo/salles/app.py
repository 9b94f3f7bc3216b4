"""Salles' pages, and the way in and out by CAS."""

from outside.sessions import Inside
from outside.site import Answer, Asked, Door, Site, posted, queried

from salles.server import Arrival, Server, ticket_gone

ROOMS = (
    ("Amphithéâtre Jules-Verne", "220 places", "libre ce matin"),
    ("Salle du conseil", "24 places, visioconférence", "réservée de 14 h à 16 h"),
    ("Atelier numérique", "16 postes", "libre toute la journée"),
    ("Salle Somme", "12 places", "réservée jusqu’à 11 h"),
)


class Salles(Site[Arrival]):
    name, purpose, sign = "Salles", "Réservation de salles", "door"
    referrer = "no-referrer"  # a ticket stands in an address for a moment

    def __init__(self, environment: dict[str, str]) -> None:
        address, portal = environment["SALLES_ADDRESS"], environment["SALLES_PORTAL"]
        super().__init__(address=address, portal=portal, look=environment["SALLES_LOOK"])
        self._server = Server(environment["SALLES_CAS"], f"{address}/entrer")

    def doors(self) -> dict[tuple[str, str], Door]:
        return {("POST", "/entrer"): self._told_out}

    def home(self, inside: Inside[Arrival]) -> Answer:
        return self.page("home.html", told=inside.arrival, stamp=inside.stamp, rooms=ROOMS)

    def enter(self, asked: Asked) -> Answer:
        """Without a ticket, out to fetch one; with one, in."""
        ticket = queried(asked).get("ticket", "")
        return self.let_in(self._server.arrive(ticket), asked) if ticket else self.to(self._server.way_in())

    def way_out(self, arrival: Arrival) -> str:
        """The académie's own page, which asks before it closes everything."""
        return self._server.way_out(f"{self.address}/au-revoir")

    def _told_out(self, asked: Asked) -> Answer:
        """The ticket of a person who signed out."""
        gone = ticket_gone(posted(asked).get("logoutRequest", ""))
        self.sessions.let_out_all(lambda one: one.ticket == gone)
        return self.word("")
