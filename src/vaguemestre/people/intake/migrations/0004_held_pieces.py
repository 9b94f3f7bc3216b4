"""Sealed files of held feeds come into the database; those in `data/feeds` are copied."""

import re

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_PIECE_BYTES = 1 << 20
_NAME = re.compile(r"(\d+)\.(feed|structures)")


def take_over(apps, schema_editor):
    """The files stay for the version before, and go with its first night of purges after it."""
    folder = settings.CONFIG.data_dir / "feeds"
    waiting = apps.get_model("intake", "Feed").objects.filter(finished_at=None)
    ids = set(waiting.exclude(refusal="").values_list("pk", flat=True))
    pieces = apps.get_model("intake", "HeldPiece").objects
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (name := _NAME.fullmatch(path.name)) and int(name[1]) in ids:
            sealed = path.read_bytes()
            for number, start in enumerate(range(0, len(sealed), _PIECE_BYTES)):
                piece = sealed[start : start + _PIECE_BYTES]
                pieces.create(feed_id=int(name[1]), kind=name[2], number=number, sealed=piece)


class Migration(migrations.Migration):
    suits_old_code = "it adds a table that the version before does not know, and leaves its files in place"

    dependencies = [
        ('intake', '0003_feed_new_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intake.feed')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('feed', 'kind', 'number'), name='held_piece_once')],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
