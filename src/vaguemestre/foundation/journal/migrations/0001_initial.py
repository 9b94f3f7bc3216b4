from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('action', models.CharField(db_index=True, max_length=80)),
                ('by', models.CharField(max_length=80)),
                ('to', models.CharField(db_index=True, max_length=80)),
                ('details', models.JSONField(default=dict)),
                ('previous', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(fields=['by', 'id'], name='journal_entry_by'), models.Index(fields=['to', 'id'], name='journal_entry_to'), models.Index(fields=['action', 'id'], name='journal_entry_action')],
            },
        ),
    ]
