"""French labels of the reasons why a message was not imported."""

PROBLEMS = {
    "too-large": "trop volumineux",
    "damaged": "illisible : le fichier est abîmé à cet endroit",
    "missing": "pas retrouvé dans la boîte après la reprise",
    "empty": "vide",
    "refused": "refusé par la boîte : ce n’est pas un courriel lisible",
}
