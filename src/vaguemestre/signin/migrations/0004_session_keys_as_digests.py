"""Session keys become digests: those of before cannot be kept, everybody signs in again."""

from django.db import migrations, models


def end_every_session(apps, schema_editor):
    apps.get_model("signin", "BrowserSession").objects.all().delete()
    apps.get_model("credentials", "MailToken").objects.exclude(session_key__startswith="program:").delete()


class Migration(migrations.Migration):
    dependencies = [("signin", "0003_browsers_only"), ("credentials", "0012_mailbox_held")]

    operations = [
        migrations.RunPython(end_every_session, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="browsersession",
            name="session_key",
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
    ]
