"""Tokens of links become digests; links already written go on working, files take their digest's name."""

from django.conf import settings
from django.db import migrations, models

from vaguemestre.credentials.rules.sealing import keys_from
from vaguemestre.deposits.rules.links import sealed_token, token_digest


def digest_tokens(apps, schema_editor):
    keys = keys_from(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    for row in apps.get_model("deposits", "Deposit").objects.all():
        row.token_sha256 = token_digest(row.token)
        row.sealed_token = sealed_token(row.token, row.account_id, keys)
        row.save(update_fields=["token_sha256", "sealed_token"])
        former = settings.CONFIG.deposits_dir / row.token
        if former.exists():
            former.rename(settings.CONFIG.deposits_dir / row.token_sha256)


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_initial")]

    operations = [
        migrations.AddField("deposit", "token_sha256", models.CharField(max_length=64, default="")),
        migrations.AddField("deposit", "sealed_token", models.BinaryField(default=b"")),
        migrations.RunPython(digest_tokens, migrations.RunPython.noop),
        migrations.RemoveField("deposit", "token"),
        migrations.AlterField("deposit", "token_sha256", models.CharField(max_length=64, unique=True)),
        migrations.AlterField("deposit", "sealed_token", models.BinaryField()),
    ]
