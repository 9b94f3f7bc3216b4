"""The command of an instance in production speaks of that instance, whoever calls it from wherever."""

import re
import subprocess
from math import prod
from pathlib import Path

import pytest

from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine import extras, files

PROJECT = Path(__file__).resolve().parents[3]


def test_the_command_knows_where_the_instance_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment, current = tmp_path / "environment", tmp_path / "current"
    monkeypatch.setattr(files, "ENVIRONMENT", environment)
    monkeypatch.setattr(files, "CURRENT", current)
    environment.write_text(files.environment_text(), encoding="utf-8")
    program = current / "bin" / "vaguemestre"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$VAGUEMESTRE_HOME $VAGUEMESTRE_CONFIG $1"\n', encoding="utf-8")
    program.chmod(0o755)
    output = subprocess.run(
        ["/bin/sh", "-c", files.command_text(), "vaguemestre", "status"],
        capture_output=True, text=True, check=True, env={},
    )  # fmt: skip
    assert output.stdout.split() == [str(layout.HOME), str(layout.CONFIGURATION), "status"]


def test_the_resolver_asks_whom_it_is_told_and_serves_this_machine_only() -> None:
    text = files.resolver_text(["192.0.2.53"])
    assert 'forward-zone:\n    name: "."\n    forward-addr: 192.0.2.53\n' in text
    assert "interface: 127.0.0.1\n    interface: ::1\n" in text
    assert "forward-zone" not in files.resolver_text([])


def test_the_kernel_gives_every_waiting_program_an_inotify_instance() -> None:
    """As many as Dovecot lets wait; where the kernel is another's, the installation goes on."""
    lines = files.sysctl_text().splitlines()
    assert f"-fs.inotify.max_user_instances = {files.INOTIFY_INSTANCES}" in lines
    template = (PROJECT / "src/vaguemestre/engines/dovecot/dovecot.conf.j2").read_text(encoding="utf-8")
    service = template.partition("service imap-hibernate {")[2].partition("unix_listener")[0]
    waiting = prod(int(figure) for figure in re.findall(r"_limit = ([0-9]+)", service))
    assert files.INOTIFY_INSTANCES > waiting > 10_000


def test_what_comes_later_is_the_list_of_packages_without_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "packages.txt"
    file.write_text("# Previews.\nlibreoffice-writer-nogui\n\nrspamd 3.8  # the filter\n", encoding="utf-8")
    assert list(extras.package_names(file)) == ["libreoffice-writer-nogui", "rspamd"]
    assert "libreoffice-writer-nogui" in extras.package_names()


def test_each_group_of_packages_that_comes_later_is_told_in_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bin/up` reads « installed … » of the same program."""
    installer = tmp_path / "install-extras"
    installer.write_text(
        "#!/bin/sh\necho 'S’installe.'\necho installed poppler-utils rspamd\n", encoding="utf-8"
    )
    installer.chmod(0o755)
    monkeypatch.setattr(extras, "_INSTALLER", installer)
    told: list[str] = []
    extras.install(told.append)
    assert told == ["    S’installe.", "    Installé : poppler-utils rspamd."]
