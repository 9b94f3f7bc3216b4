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
            name='LogReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('inode', models.PositiveBigIntegerField(default=0)),
                ('offset', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='PassageRow',
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
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FateRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=254)),
                ('mark', models.CharField(max_length=10)),
                ('status', models.CharField(blank=True, max_length=12)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('passage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fates', to='outbox.passagerow')),
            ],
        ),
        migrations.CreateModel(
            name='SenderRow',
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
            name='Acquaintance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acquaintances', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'address'), name='acquaintance_once')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingRow',
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
                'indexes': [models.Index(fields=['state', 'due_at'], name='outbox_outg_state_856d8f_idx')],
                'constraints': [models.UniqueConstraint(fields=('account', 'key'), name='outgoing_once')],
            },
        ),
        migrations.AddIndex(
            model_name='passagerow',
            index=models.Index(fields=['account', 'at'], name='outbox_pass_account_b50ce1_idx'),
        ),
        migrations.AddIndex(
            model_name='passagerow',
            index=models.Index(fields=['network', 'at'], name='outbox_pass_network_45adef_idx'),
        ),
        migrations.AddIndex(
            model_name='passagerow',
            index=models.Index(fields=['hold', 'at'], name='outbox_pass_hold_23b536_idx'),
        ),
        migrations.AddIndex(
            model_name='passagerow',
            index=models.Index(fields=['at'], name='outbox_pass_at_c13c8b_idx'),
        ),
        migrations.AddConstraint(
            model_name='faterow',
            constraint=models.UniqueConstraint(fields=('passage', 'recipient'), name='fate_once'),
        ),
    ]
