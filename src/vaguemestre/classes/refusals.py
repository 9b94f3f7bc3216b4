"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "classes.ent-link-over": "Cette demande est trop ancienne : recommencez depuis l’ENT.",
    "classes.ent-refused": "L’ENT n’a pas confirmé qui vous êtes : recommencez depuis l’ENT.",
    "classes.ent-taken": "Ce compte de l’ENT ouvre déjà la messagerie de quelqu’un d’autre.",
    "classes.file-broken": "%(file)s, ligne %(line)s : %(reason)s. Rien n’a été changé.",
    "classes.file-too-big": "Ces fichiers dépassent 30 Mo : faites-les appliquer par l’académie.",
    "classes.import-refused": "%(reason)s",
    "classes.kind-unsaid": (
        "Le nom des fichiers ne dit pas si l’export est complet : « _Complet_ » ou « _Delta_ » y figure."
    ),
    "classes.kinds-mixed": (
        "Ces fichiers ne vont pas ensemble : donnez un export complet, un delta, ou un seul CSV."
    ),
    "classes.no-ent": "L’académie n’a pas dit le domaine de son ENT (réglage [ent] « domain »).",
    "classes.no-file": "Choisissez un fichier.",
    "classes.not-of-the-school": "Personne de votre établissement n’a cette adresse.",
    "classes.not-the-owner": "Seule la direction de l’établissement décide de cela.",
    "classes.not-yours": "Cette classe n’est pas de celles à qui vous pouvez écrire.",
    "classes.other-school": "Ces fichiers parlent d’un autre établissement (%(uai)s).",
    "classes.school-unsaid": "Dites de quel établissement est ce CSV.",
    "classes.staged-gone": "Ces fichiers ne sont plus là : choisissez-les de nouveau.",
}
