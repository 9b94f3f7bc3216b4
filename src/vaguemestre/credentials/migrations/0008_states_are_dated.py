from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def close_mailboxes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now, a closed account was a closed mailbox."""
    apps.get_model("credentials", "Account").objects.filter(state="closed").update(mailbox_state="closed")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_issued_keys_and_undone_changes")]

    operations = [
        migrations.AddField("account", "state_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "account",
            "mailbox_state",
            models.CharField(
                choices=[("open", "Open"), ("closed", "Closed"), ("frozen", "Frozen"), ("purged", "Purged")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AddField("account", "mailbox_since", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(close_mailboxes, migrations.RunPython.noop),
    ]
