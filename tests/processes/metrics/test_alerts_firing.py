"""Each alert fires on the series that its fault makes, and on no healthy one: as Prometheus evaluates it."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.processes.metrics.test_alerts import ALERTS, FOLDER, name_of

DAY = 86_400
_ENDS = "vaguemestre_certificate_expiry_timestamp_seconds{certificate='public'}"
_BACKUP = "vaguemestre_backup_last_success_timestamp_seconds"
_BACKUP_LATE = "vaguemestre_backup_late_after_seconds"
_OUTBOX = "vaguemestre_outbox_longest_overdue_seconds"
_STEPS = "vaguemestre_message_steps_total{"
_IMAP = "vaguemestre_imap_duration_seconds_bucket{command='UID FETCH',pool='web',"


class Case(NamedTuple):
    """Series by fault and by health, in Prometheus's notation of tests, a sample a minute; when to look."""

    fault: dict[str, str]
    health: dict[str, str]
    after: str = "1h"


def constant(series: str, wrong: float, right: float, after: str = "1h") -> Case:
    return Case({series: f"{wrong}x5000"}, {series: f"{right}x5000"}, after)


CASES = {
    "VaguemestreMetricsGone": constant("up{job='vaguemestre'}", 0, 1),
    "VaguemestreSourceUnreadable": constant("vaguemestre_source_up{source='jobs'}", 0, 1),
    "VaguemestrePartDown": constant("vaguemestre_check_up{check='dovecot'}", 0, 1),
    "VaguemestrePartWants": constant("vaguemestre_check_warning{check='certificates'}", 1, 0),
    "VaguemestreJobsFailed": constant("vaguemestre_jobs{queue='default',state='failed'}", 2, 0),
    "VaguemestreJobsLate": constant("vaguemestre_jobs_longest_wait_seconds", 700, 20),
    # A worker that was killed touches its file no more; a living one does each minute.
    "VaguemestreHeartbeatLost": Case(
        {"vaguemestre_heartbeat_timestamp_seconds{process='worker'}": "0x5000"},
        {"vaguemestre_heartbeat_timestamp_seconds{process='worker'}": "0+60x5000"},
    ),
    # Dovecot answers and its log gains nothing; Postfix is away, and its log rests.
    "VaguemestreLogSilent": Case(
        {
            "vaguemestre_log_last_line_timestamp_seconds{check='dovecot'}": "0x5000",
            "vaguemestre_check_up{check='dovecot'}": "1x5000",
        },
        {
            "vaguemestre_log_last_line_timestamp_seconds{check='dovecot'}": "0+60x5000",
            "vaguemestre_check_up{check='dovecot'}": "1x5000",
            "vaguemestre_log_last_line_timestamp_seconds{check='postfix'}": "0x5000",
            "vaguemestre_check_up{check='postfix'}": "0x5000",
        },
    ),
    "VaguemestreOutboxLate": constant(_OUTBOX, 400, 5),
    "VaguemestrePostfixDeferred": constant("vaguemestre_postfix_queue_messages{queue='deferred'}", 501, 40),
    "VaguemestrePostfixOld": Case(
        {"vaguemestre_postfix_queue_oldest_timestamp_seconds{queue='active'}": "0x5000"},
        {"vaguemestre_postfix_queue_oldest_timestamp_seconds{queue='active'}": "0+60x5000"},
    ),
    "VaguemestreRefusedOutside": Case(
        {_STEPS + "kind='refused',place='outside',reason='policy'}": "0+2x500"},
        {
            _STEPS + "kind='refused',place='outside',reason='unknown-recipient'}": "0+2x500",
            _STEPS + "kind='deferred',place='outside',reason='policy'}": "0+0.5x500",
        },
        "2h",
    ),
    "VaguemestreDeliveriesPutOff": Case(
        {_STEPS + "kind='deferred',place='here',reason='system'}": "0+5x500"},
        {_STEPS + "kind='deferred',place='here',reason='mailbox-full'}": "0+1x500"},
    ),
    "VaguemestreSelfMailLost": Case(
        {"vaguemestre_self_mail_last_sent_timestamp_seconds": "0x5000"},
        {"vaguemestre_self_mail_last_sent_timestamp_seconds": "0+60x5000"},
    ),
    "VaguemestreSelfMailSlow": constant("vaguemestre_self_mail_duration_seconds", 20, 1),
    "VaguemestreFeedOld": Case(
        {"vaguemestre_feed_last_applied_timestamp_seconds": "0x8000"},
        {"vaguemestre_feed_last_applied_timestamp_seconds": "0+60x8000"},
        "75h",
    ),
    "VaguemestreCertificateEnds": constant(_ENDS, 13 * DAY, 40 * DAY, "2h"),
    "VaguemestreBackupOld": Case(
        {_BACKUP: "0x5000", _BACKUP_LATE: "1800x5000"}, {_BACKUP: "0+60x5000", _BACKUP_LATE: "1800x5000"}
    ),
    "VaguemestreBackupNever": Case(
        {"vaguemestre_source_up{source='backup'}": "1x5000"},
        {"vaguemestre_source_up{source='backup'}": "1x5000", _BACKUP: "0x5000"},
        "49h",
    ),
    "VaguemestreDiskFull": Case(
        {
            "vaguemestre_disk_free_bytes{volume='mail'}": "9x500",
            "vaguemestre_disk_size_bytes{volume='mail'}": "100x500",
        },
        {
            "vaguemestre_disk_free_bytes{volume='mail'}": "40x500",
            "vaguemestre_disk_size_bytes{volume='mail'}": "100x500",
        },
    ),
    # Of a hundred commands a minute, ten take between one second and two and a half.
    "VaguemestreImapSlow": Case(
        {_IMAP + "le='1'}": "0+90x500", _IMAP + "le='2.5'}": "0+100x500", _IMAP + "le='+Inf'}": "0+100x500"},
        {_IMAP + "le='1'}": "0+99x500", _IMAP + "le='2.5'}": "0+100x500", _IMAP + "le='+Inf'}": "0+100x500"},
    ),
}


def question(alert: str, series: dict[str, str], after: str, *, fires: bool) -> dict[str, object]:
    """A test of promtool: whether the alert fires at that time, whatever its labels."""
    expected = [{"labels": "{}", "value": 1}] if fires else []
    return {
        "interval": "1m",
        "name": f"{alert} {'fires' if fires else 'is silent'}",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"count(ALERTS{{alertname='{alert}',alertstate='firing'}})",
                "eval_time": after,
                "exp_samples": expected,
            }
        ],
    }


def test_every_alert_has_its_fault() -> None:
    assert set(CASES) == {name_of(alert) for alert in ALERTS}


@pytest.mark.engines
@pytest.mark.no_database
@pytest.mark.parametrize("alert", CASES)
def test_an_alert_fires_on_its_fault_and_is_silent_in_health(alert: str, tmp_path: Path) -> None:
    case = CASES[alert]
    tests = [
        question(alert, case.fault, case.after, fires=True),
        question(alert, case.health, case.after, fires=False),
    ]
    file = tmp_path / "alerts.json"  # JSON is YAML
    file.write_text(json.dumps({"rule_files": [str(FOLDER / "rules.yml")], "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
