import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sso_registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket_sha256', models.CharField(max_length=64, unique=True)),
                ('departure', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=2000)),
                ('expires_at', models.DateTimeField()),
                ('token_sha256', models.CharField(blank=True, db_index=True, max_length=64)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passes', to='sso_registry.visit')),
            ],
        ),
    ]
