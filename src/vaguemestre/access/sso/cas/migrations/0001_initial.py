import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sso_registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProxyGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket_sha256', models.CharField(max_length=64, unique=True)),
                ('chain', models.JSONField(default=list)),
                ('signed_in_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proxy_grants', to='sso_registry.visit')),
            ],
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket_sha256', models.CharField(max_length=64, unique=True)),
                ('service', models.CharField(max_length=1000)),
                ('signed_in_at', models.DateTimeField()),
                ('fresh', models.BooleanField(default=False)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('proxies', models.JSONField(default=list)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='sso_registry.visit')),
            ],
        ),
    ]
