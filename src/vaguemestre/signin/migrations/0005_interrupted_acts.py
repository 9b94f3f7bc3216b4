
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0004_session_keys_as_digests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InterruptedAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=64, unique=True)),
                ('path', models.CharField(max_length=2000)),
                ('page', models.CharField(max_length=2000)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('sealed', models.BinaryField(blank=True)),
                ('until', models.DateTimeField(db_index=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interrupted_acts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
