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
            name='SharedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('sealed_token', models.BinaryField()),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=120)),
                ('size', models.PositiveBigIntegerField()),
                ('received', models.PositiveBigIntegerField(default=0)),
                ('password', models.CharField(blank=True, max_length=200)),
                ('expires_on', models.DateField(db_index=True)),
                ('downloads', models.PositiveIntegerField(default=0)),
                ('verdict', models.CharField(max_length=10)),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shared_files', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'created_at'], name='filelinks_s_account_691870_idx')],
            },
        ),
    ]
