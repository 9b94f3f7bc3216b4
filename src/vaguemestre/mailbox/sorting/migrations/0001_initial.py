import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FilterRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('is_on', models.BooleanField(default=True)),
                ('matches_all', models.BooleanField(default=True)),
                ('conditions', models.JSONField()),
                ('outcome', models.JSONField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='PassRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('state', models.CharField(default='running', max_length=10)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('whole', models.PositiveIntegerField(default=0)),
                ('taken', models.PositiveIntegerField(default=0)),
                ('cursor', models.PositiveBigIntegerField(default=0)),
                ('number', models.PositiveIntegerField(default=0)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='filter_pass', to=settings.AUTH_USER_MODEL)),
                ('wanted', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sorting.filterrow')),
            ],
        ),
        migrations.CreateModel(
            name='ScriptRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wanted', models.PositiveIntegerField(default=0)),
                ('applied', models.PositiveIntegerField(default=0)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('kept', models.CharField(blank=True, max_length=255)),
                ('expert', models.TextField(blank=True)),
                ('known_mark', models.CharField(blank=True, max_length=64)),
                ('form', models.PositiveSmallIntegerField(db_index=True, default=0)),
                ('drops_redirects', models.BooleanField(default=False)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sieve_script', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SpamRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_sorted', models.BooleanField(default=True)),
                ('allowed', models.JSONField(default=list)),
                ('denied', models.JSONField(default=list)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='spam_choice', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AbsenceRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(default=1)),
                ('is_on', models.BooleanField(default=False)),
                ('starts_on', models.DateField()),
                ('starts_at', models.TimeField(blank=True, null=True)),
                ('ends_on', models.DateField()),
                ('ends_at', models.TimeField(blank=True, null=True)),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('internal_text', models.TextField(blank=True)),
                ('external_text', models.TextField(blank=True)),
                ('days', models.PositiveSmallIntegerField(default=7)),
                ('weekdays', models.CharField(blank=True, max_length=7)),
                ('is_rich', models.BooleanField(default=False)),
                ('only_known', models.BooleanField(default=False)),
                ('only_to', models.CharField(blank=True, max_length=253)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                ('replacement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='directory.person')),
            ],
            options={
                'ordering': ('place',),
                'constraints': [models.UniqueConstraint(fields=('account', 'place'), name='absence_place_once')],
            },
        ),
    ]
