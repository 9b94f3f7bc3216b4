"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "rosters.ent-link-over": "Cette demande est trop ancienne : recommencez depuis l’ENT.",
    "rosters.ent-refused": "L’ENT n’a pas confirmé qui vous êtes : recommencez depuis l’ENT.",
    "rosters.ent-taken": "Ce compte de l’ENT ouvre déjà la messagerie de quelqu’un d’autre.",
    "rosters.file-broken": "%(file)s, ligne %(line)s : %(reason)s. Rien n’a été changé.",
    "rosters.file-too-complex": (
        "%(file)s est trop complexe pour être lu ici : faites-le appliquer par l’académie."
    ),
    "rosters.file-too-long": ("Ce fichier dépasse %(most)s lignes : faites-le appliquer par l’académie."),
    "rosters.file-too-big": "Ces fichiers dépassent 30 Mo : faites-les appliquer par l’académie.",
    "rosters.import-refused": "%(reason)s",
    "rosters.kind-unsaid": (
        "Le nom des fichiers ne dit pas si l’export est complet : « _Complet_ » ou « _Delta_ » y figure."
    ),
    "rosters.kinds-mixed": (
        "Ces fichiers ne vont pas ensemble : donnez un export complet, un delta, ou un seul CSV."
    ),
    "rosters.no-ent": "L’académie n’a pas dit le domaine de son ENT (réglage [ent] « domain »).",
    "rosters.no-file": "Choisissez un fichier.",
    "rosters.not-of-the-school": "Personne de votre établissement n’a cette adresse.",
    "rosters.not-the-owner": "Seule la direction de l’établissement décide de cela.",
    "rosters.not-yours": (
        "Cette classe n’est pas de celles à qui vous pouvez écrire : la direction de l’établissement en "
        "décide, dans « Classes »."
    ),
    "rosters.other-school": "Ces fichiers parlent d’un autre établissement (%(uai)s).",
    "rosters.school-unsaid": "Dites de quel établissement est ce CSV.",
    "rosters.staged-gone": "Ces fichiers ne sont plus là : choisissez-les de nouveau.",
}
