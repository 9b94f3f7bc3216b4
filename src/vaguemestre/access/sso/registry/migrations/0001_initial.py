import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('description', models.CharField(blank=True, max_length=160)),
                ('icon', models.CharField(default='external-link', max_length=40)),
                ('protocol', models.CharField(max_length=8)),
                ('home', models.CharField(blank=True, max_length=1000)),
                ('addresses', models.JSONField(default=list)),
                ('after_sign_out', models.JSONField(default=list)),
                ('tell_sign_out', models.CharField(blank=True, max_length=1000)),
                ('front_sign_out', models.CharField(blank=True, max_length=1000)),
                ('contact', models.CharField(blank=True, max_length=160)),
                ('public', models.BooleanField(default=False)),
                ('secret_sha256', models.CharField(blank=True, max_length=64)),
                ('former_sha256', models.CharField(blank=True, max_length=64)),
                ('former_until', models.DateTimeField(blank=True, null=True)),
                ('signing', models.CharField(default='ES256', max_length=8)),
                ('pairwise', models.BooleanField(default=False)),
                ('consent', models.BooleanField(default=False)),
                ('assurance', models.CharField(default='ordinary', max_length=10)),
                ('released', models.JSONField(default=list)),
                ('categories', models.JSONField(default=list)),
                ('functions', models.JSONField(default=list)),
                ('schools', models.JSONField(default=list)),
                ('services', models.JSONField(default=list)),
                ('roles', models.JSONField(default=list)),
                ('proxies', models.JSONField(default=list)),
                ('prefixes', models.JSONField(default=list)),
                ('logo_sha256', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Logo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='logo', to='sso_registry.application')),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sub', models.CharField(max_length=43, unique=True)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='subject', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(db_index=True, max_length=64)),
                ('sid', models.CharField(max_length=43, unique=True)),
                ('service', models.CharField(blank=True, max_length=1000)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('started_at', models.DateTimeField(db_index=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='sso_registry.application')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('released', models.JSONField(default=list)),
                ('given_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='sso_registry.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'application'), name='one_consent_an_application')],
            },
        ),
        migrations.CreateModel(
            name='Pseudonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=43, unique=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pseudonyms', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pseudonyms', to='sso_registry.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'application'), name='one_pseudonym_an_application')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('entered', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tallies', to='sso_registry.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'day'), name='one_tally_a_day')],
            },
        ),
    ]
