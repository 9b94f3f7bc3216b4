import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sso_registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('sealed', models.BinaryField()),
                ('certificate', models.TextField()),
                ('signs_from', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Peer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity_id', models.CharField(max_length=1024, unique=True)),
                ('consumers', models.JSONField(default=list)),
                ('sign_outs', models.JSONField(default=list)),
                ('signing', models.JSONField(default=list)),
                ('encryption', models.TextField(blank=True)),
                ('formats', models.JSONField(default=list)),
                ('signs_requests', models.BooleanField(default=False)),
                ('encrypts', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField()),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='saml', to='sso_registry.application')),
            ],
        ),
    ]
