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
            name='DailyReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('has_erased', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='LifecycleEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=20)),
                ('effect_on', models.DateField()),
                ('closes_on', models.DateField(blank=True, null=True)),
                ('new_address', models.CharField(blank=True, max_length=254)),
                ('left_domain', models.CharField(blank=True, max_length=253)),
                ('tells_new_address', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=80)),
                ('declared_at', models.DateTimeField()),
                ('done', models.JSONField(default=list)),
                ('withdrawn_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('next_on', models.DateField(blank=True, db_index=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lifecycle_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-declared_at', '-id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('account',), name='one_open_event')],
            },
        ),
    ]
