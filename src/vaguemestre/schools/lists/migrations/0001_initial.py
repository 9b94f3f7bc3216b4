import django.db.models.deletion
import uuid
import vaguemestre.schools.lists.values
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254, unique=True)),
                ('title', models.CharField(max_length=100)),
                ('description', models.TextField(blank=True)),
                ('kind', models.CharField(max_length=6)),
                ('rule', models.JSONField(default=dict)),
                ('within', models.CharField(blank=True, max_length=8)),
                ('writers', models.CharField(default=vaguemestre.schools.lists.values.Writers['MANAGERS'], max_length=8)),
                ('is_moderated', models.BooleanField(default=False)),
                ('refuses_others', models.BooleanField(default=False)),
                ('reply_to', models.CharField(default=vaguemestre.schools.lists.values.ReplyTo['AUTHOR'], max_length=6)),
                ('files', models.CharField(default=vaguemestre.schools.lists.values.Files['KEEP'], max_length=4)),
                ('has_archive', models.BooleanField(default=True)),
                ('may_join', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('uid_validity', models.PositiveBigIntegerField(default=0)),
                ('last_uid', models.PositiveBigIntegerField(default=0)),
                ('read_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mailing_list', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ListLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('uid_validity', models.PositiveBigIntegerField()),
                ('uid', models.PositiveBigIntegerField()),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=255)),
                ('root', models.CharField(blank=True, max_length=255)),
                ('sender', models.CharField(blank=True, max_length=254)),
                ('sender_name', models.CharField(blank=True, max_length=100)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('size', models.PositiveIntegerField()),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(db_index=True, max_length=10)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('recipients', models.PositiveIntegerField(default=0)),
                ('progressed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='list_letters', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='list_decisions', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='lists.mailinglist')),
            ],
        ),
        migrations.CreateModel(
            name='ListRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=10)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='list_roles', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='lists.mailinglist')),
            ],
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('since', models.DateTimeField()),
                ('by_self', models.BooleanField(default=False)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscribers', to='lists.mailinglist')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='LetterCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('address', models.CharField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('reasons', models.JSONField(default=list)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='list_copies', to='directory.person')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='lists.listletter')),
            ],
            options={
                'indexes': [models.Index(fields=['letter', 'number'], name='lists_lette_letter__b90091_idx')],
                'constraints': [models.UniqueConstraint(fields=('letter', 'address'), name='letter_copy_once_each')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('attempted_at', models.DateTimeField(blank=True, null=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='lists.listletter')),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.UniqueConstraint(fields=('letter', 'number'), name='batch_once')],
            },
        ),
        migrations.AddIndex(
            model_name='listletter',
            index=models.Index(fields=['list', 'state'], name='lists_listl_list_id_3f770e_idx'),
        ),
        migrations.AddIndex(
            model_name='listletter',
            index=models.Index(fields=['list', 'received_at'], name='lists_listl_list_id_c0a6fb_idx'),
        ),
        migrations.AddConstraint(
            model_name='listletter',
            constraint=models.UniqueConstraint(fields=('list', 'uid_validity', 'uid'), name='list_letter_once'),
        ),
        migrations.AddConstraint(
            model_name='listrole',
            constraint=models.UniqueConstraint(fields=('list', 'account'), name='list_role_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(fields=('list', 'address'), name='subscriber_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('list', 'person'), name='subscriber_person_once'),
        ),
    ]
