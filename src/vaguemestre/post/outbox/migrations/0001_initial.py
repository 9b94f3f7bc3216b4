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
            name='LogCursor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('inode', models.PositiveBigIntegerField(default=0)),
                ('offset', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue_id', models.CharField(max_length=32, unique=True)),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=255)),
                ('sender', models.CharField(blank=True, max_length=254)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('recipients', models.JSONField()),
                ('origin', models.CharField(blank=True, max_length=10)),
                ('counted', models.PositiveIntegerField()),
                ('strangers', models.PositiveIntegerField(default=0)),
                ('network', models.CharField(blank=True, max_length=64)),
                ('hold', models.CharField(blank=True, choices=[('', 'None'), ('held', 'Held'), ('released', 'Released'), ('discarded', 'Discarded')], default='', max_length=10)),
                ('hold_code', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RecipientStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=254)),
                ('state', models.CharField(max_length=10)),
                ('status', models.CharField(blank=True, max_length=12)),
                ('diagnostic', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='outbox.submission')),
            ],
        ),
        migrations.CreateModel(
            name='SenderState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('undo_seconds', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('offers_quiet_hours', models.BooleanField(default=True)),
                ('confirmed_until', models.DateTimeField(blank=True, null=True)),
                ('bulk_left', models.PositiveIntegerField(default=0)),
                ('bulk_until', models.DateTimeField(blank=True, null=True)),
                ('reports_validity', models.PositiveBigIntegerField(default=0)),
                ('reports_uid', models.PositiveBigIntegerField(default=0)),
                ('reports_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sending', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='KnownRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='known_recipients', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'address'), name='known_recipient_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('message_id', models.CharField(max_length=255, unique=True)),
                ('sender', models.CharField(max_length=254)),
                ('recipients', models.JSONField()),
                ('bcc', models.JSONField(default=list)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('content', models.BinaryField()),
                ('in_reply_to', models.JSONField(blank=True, null=True)),
                ('draft', models.JSONField(blank=True, null=True)),
                ('wants_report', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('held', 'Held'), ('queued', 'Queued'), ('submitted', 'Submitted'), ('filed', 'Filed'), ('cancelled', 'Cancelled'), ('refused', 'Refused'), ('stopped', 'Stopped')], db_index=True, default='queued', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('attempted_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('filed_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outgoing', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='outbox_outb_state_5c2ebe_idx')],
                'constraints': [models.UniqueConstraint(fields=('account', 'key'), name='outbox_message_once')],
            },
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['account', 'at'], name='outbox_subm_account_da17b1_idx'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['network', 'at'], name='outbox_subm_network_3c0573_idx'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['hold', 'at'], name='outbox_subm_hold_527a63_idx'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['at'], name='outbox_subm_at_16efa8_idx'),
        ),
        migrations.AddConstraint(
            model_name='recipientstatus',
            constraint=models.UniqueConstraint(fields=('submission', 'recipient'), name='recipient_status_once'),
        ),
    ]
