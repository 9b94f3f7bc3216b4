"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "operations.nothing-chosen": (
        "Choisissez au moins un courriel que cet acte change ; ceux que vous aviez choisis ont pu partir."
    ),
    "operations.too-many": "C’est trop d’un coup : au plus %(most)s courriels à la fois. Filtrez d’abord.",
    "operations.held-by-control": (
        "Le contrôle des envois retient %(count)s de ces courriels : décidez-les dans « Envois retenus »."
    ),
    "operations.reason-missing": "Dites pourquoi : le journal le garde.",
}
