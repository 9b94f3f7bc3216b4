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
            name='BulkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('to', models.CharField(blank=True, max_length=1000)),
                ('home', models.CharField(blank=True, max_length=1000)),
                ('waiting', models.JSONField(default=list)),
                ('moved', models.JSONField(default=list)),
                ('total', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(default='running', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('is_final', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_bulks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'state'], name='webmail_bulk_account_state')],
            },
        ),
        migrations.CreateModel(
            name='ReminderRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('folder', models.CharField(max_length=1000)),
                ('uid_validity', models.BigIntegerField()),
                ('uid', models.BigIntegerField()),
                ('home', models.CharField(blank=True, max_length=1000)),
                ('message_id', models.CharField(blank=True, max_length=1000)),
                ('subject', models.CharField(blank=True, max_length=500)),
                ('people', models.CharField(blank=True, max_length=500)),
                ('due_at', models.DateTimeField()),
                ('is_over', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_reminders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'kind', 'due_at'], name='webmail_reminder_due')],
            },
        ),
    ]
