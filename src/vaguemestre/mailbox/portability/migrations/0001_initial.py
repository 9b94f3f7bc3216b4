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
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('state', models.CharField(max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('apart', models.CharField(blank=True, max_length=60)),
                ('server', models.JSONField(default=dict)),
                ('sealed', models.BinaryField(default=b'')),
                ('stored', models.CharField(blank=True, max_length=64)),
                ('tally', models.JSONField(default=dict)),
                ('trouble', models.CharField(blank=True, max_length=80)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-begun_at', '-id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('account',), name='one_move_at_a_time')],
            },
        ),
    ]
