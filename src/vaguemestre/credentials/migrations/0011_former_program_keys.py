import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0010_program_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerProgramKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('replaced_at', models.DateTimeField(db_index=True)),
                ('app_password', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_keys', to='credentials.apppassword')),
            ],
        ),
    ]
