"""HTML newsletters: remote pictures, a button, an unsubscribe link."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from string import Template

from vaguemestre.demo.letters.values import Writer


@dataclass(frozen=True, slots=True)
class Newsletter:
    """One sender of newsletters; `host` is a reserved name, nothing answers there."""

    writer: Writer
    list_id: str
    host: str
    colour: str
    titles: tuple[str, ...]


NEWSLETTERS = (
    Newsletter(
        Writer("La Lettre du réseau pédagogique", "lettre@reseau-pedagogique.example"),
        "lettre.reseau-pedagogique.example",
        "images.reseau-pedagogique.example",
        "#1f5f8b",
        (
            "Enseigner l’oral : cinq séances clés en main",
            "Semaine de la presse : inscrivez vos classes",
            "Accompagner les élèves allophones",
            "Le numérique en classe : retours d’expérience",
            "Poésie au collège : notre sélection",
        ),
    ),
    Newsletter(
        Writer("Éditions du Marronnier", "nouveautes@editions-marronnier.example"),
        "nouveautes.editions-marronnier.example",
        "cdn.editions-marronnier.example",
        "#8b3a1f",
        (
            "Nos nouveaux manuels de français",
            "Spécimens : commandez avant les vacances",
            "Dix romans à lire en 4e",
            "Rencontre avec nos auteurs à Amiens",
        ),
    ),
    Newsletter(
        Writer("Maison de la culture", "scolaires@maison-culture.example"),
        "scolaires.maison-culture.example",
        "static.maison-culture.example",
        "#5b2a86",
        (
            "Programmation jeune public de la saison",
            "Matinées scolaires : il reste des places",
            "Atelier théâtre pour les enseignants",
            "Cyrano, représentation supplémentaire",
        ),
    ),
    Newsletter(
        Writer("Musée de Picardie", "public@musee-picardie.example"),
        "public.musee-picardie.example",
        "media.musee-picardie.example",
        "#2d6a4f",
        (
            "Visites guidées pour les classes",
            "Exposition : la Somme en 1916",
            "Nuit des musées : les élèves vous guident",
        ),
    ),
)
_LEADS = (
    "À la une cette semaine : des ressources utilisables en classe et le témoignage d’une équipe.",
    "Comme chaque mois, voici une sélection d’actualités choisies par nos rédacteurs.",
    "Les inscriptions sont ouvertes. Le nombre de places est limité : ne tardez pas.",
)
_ARTICLES = (
    (
        "Préparer une séance d’écriture",
        "Une démarche en trois temps, testée avec deux classes, et ses prolongements.",
    ),
    (
        "Une sortie à moins de dix euros",
        "Transports, visites, pique-nique : le guide pratique pour ne rien oublier.",
    ),
    ("Lire à voix haute", "Pourquoi et comment installer un rituel de lecture dès le début de l’heure."),
    ("L’agenda du mois", "Conférences, ateliers et portes ouvertes dans l’Aisne, l’Oise et la Somme."),
    ("Le coin des parents", "Un courrier type à adapter pour présenter le projet aux familles."),
)


def newsletter(source: Newsletter, title: str, number: int, draw: Random) -> tuple[str, str]:
    """(text, HTML) of one issue."""
    lead = draw.choice(_LEADS)
    articles = draw.sample(_ARTICLES, 3)
    text = f"{title}\n\n{lead}\n\n" + "\n\n".join(f"* {head}\n{body}" for head, body in articles)
    text += f"\n\nLire en ligne : https://{source.list_id}/numero/{number}\n"
    text += f"Se désabonner : {_way_out(source, number)}\n"
    return text, _html(source, title, number, lead, articles)


def _way_out(source: Newsletter, number: int) -> str:
    return f"https://{source.list_id}/desabonnement/{number}"


def _html(source: Newsletter, title: str, number: int, lead: str, articles: list[tuple[str, str]]) -> str:
    common = {"host": source.host, "number": number, "colour": source.colour}
    cells = "".join(
        _template("article").substitute(common, rank=rank, head=head, body=body)
        for rank, (head, body) in enumerate(articles, start=1)
    )
    return _template("newsletter").substitute(
        common,
        title=title,
        lead=lead,
        name=source.writer.name,
        site=source.list_id,
        way_out=_way_out(source, number),
        articles=cells,
    )


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8"))
