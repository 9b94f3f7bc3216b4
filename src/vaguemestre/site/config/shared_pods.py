"""Rules of a `[[pod]]` that several machines can serve: what is mounted, and who cuts whose power."""

from collections.abc import Iterator, Sequence

from vaguemestre.site.config.checks import Rule


def broken_sharing(
    place: str, name: str, storage: tuple[str, str], nodes: Sequence[str], unfenced: Sequence[str]
) -> Iterator[Rule]:
    """`storage`: device and file system of that pod; `unfenced`: those of its machines without `fencing`."""
    if len(nodes) > 1 and not all(storage):
        yield Rule(
            (f"{place}.device", f"{place}.file_system", f"{place}.nodes"),
            f"[[pod]] « {name} » a plusieurs machines : « device » et « file_system » disent ce que monte "
            "celle qui le sert",
        )
    if len(nodes) < 2 and any(storage):
        yield Rule(
            (f"{place}.device", f"{place}.file_system", f"{place}.nodes"),
            f"[[pod]] « {name} » n’a qu’une machine, qui garde les boîtes sur son disque : ni « device », ni "
            "« file_system »",
        )
    if len(nodes) > 1 and unfenced:
        yield Rule(
            ("node.fencing", f"{place}.nodes"),
            f"[[node]] « fencing » manque à « {', '.join(unfenced)} » : « {name} » a plusieurs machines, et "
            "l’une ne le prend qu’une fois le courant de l’autre coupé",
        )
