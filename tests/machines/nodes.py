"""One machine of several, made by bin/install with the keys of the first."""

from collections.abc import Sequence

from tests.machines import academy
from tests.machines.machine import Machine

LAST_STEP = "Aperçus bureautiques (LibreOffice)"  # of what serves already; nothing here needs it


def bring_keys(source: Machine, target: Machine) -> None:
    home, archive = "/var/lib/vaguemestre", f"/run/{target.name}.tar"
    source.must("sh", "-c", f"vaguemestre node keys {target.name} > {archive}")
    packed = source.must("base64", archive)
    target.must("mkdir", "-p", "-m", "711", home)
    target.must("sh", "-c", f"base64 -d | tar -x -p -C {home}", text=packed)


def install(machine: Machine) -> tuple[int, str]:
    """Make that machine, but for what comes once it serves. Returns the exit code and what was said."""
    unit = f"install-{machine.name}"
    run = ("systemd-run", "--quiet", "--pipe", "--wait", "--collect", f"--unit={unit}", "--setenv=HOME=/root")
    command = (*run, "--setenv=PIP_CERT=/etc/ssl/certs/ca-certificates.crt", *academy.INSTALL)
    lines: list[str] = []
    with machine.start(*command, "--node", machine.name) as process:
        for line in process.stdout or ():
            lines.append(line)
            if line.rstrip().endswith(f"{LAST_STEP}…"):
                machine.must("systemctl", "kill", "--signal=KILL", f"{unit}.service")
                return 0, "".join(lines)
    return process.returncode, "".join(lines)


def left_to_do(machine: Machine) -> Sequence[str]:
    """What bin/install would still do there."""
    plan = machine.must(*academy.INSTALL, "--node", machine.name, "--dry-run")
    left = [line for line in plan.splitlines() if line.endswith(": à faire")]
    return [line for line in left if LAST_STEP not in line]
