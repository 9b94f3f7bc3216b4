import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '0001_initial'),
        ('filelinks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BroadReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.CharField(max_length=255)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['root', 'at'], name='compose_bro_root_b13956_idx')],
            },
        ),
        migrations.CreateModel(
            name='Composition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('mode', models.CharField(max_length=10)),
                ('to', models.TextField(blank=True)),
                ('cc', models.TextField(blank=True)),
                ('bcc', models.TextField(blank=True)),
                ('subject', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('is_plain', models.BooleanField(default=False)),
                ('quote', models.TextField(blank=True)),
                ('list_name', models.CharField(blank=True, max_length=200)),
                ('author', models.TextField(blank=True)),
                ('importance', models.CharField(blank=True, max_length=4)),
                ('wants_receipt', models.BooleanField(default=False)),
                ('wants_report', models.BooleanField(default=False)),
                ('in_reply_to', models.TextField(blank=True)),
                ('references', models.JSONField(default=list)),
                ('answered', models.JSONField(blank=True, null=True)),
                ('draft', models.JSONField(blank=True, null=True)),
                ('draft_message_id', models.CharField(max_length=255, unique=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('is_sending', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField(db_index=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='compositions', to=settings.AUTH_USER_MODEL)),
                ('deposits', models.ManyToManyField(related_name='+', to='filelinks.sharedfile')),
            ],
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=120)),
                ('size', models.PositiveIntegerField()),
                ('content_id', models.CharField(blank=True, max_length=255)),
                ('composition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enclosures', to='compose.composition')),
            ],
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('name', models.CharField(max_length=100)),
                ('reply_to', models.CharField(blank=True, max_length=254)),
                ('signed_with', models.CharField(blank=True, max_length=10)),
                ('signature', models.TextField(blank=True)),
                ('is_default', models.BooleanField(default=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='composition',
            name='identity',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='compose.identity'),
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('series', models.CharField(max_length=32, unique=True)),
                ('state', models.CharField(choices=[('ready', 'Ready'), ('running', 'Running'), ('stopped', 'Stopped'), ('done', 'Done')], db_index=True, default='ready', max_length=8)),
                ('source', models.CharField(blank=True, max_length=255)),
                ('wrong', models.JSONField(default=list)),
                ('audiences', models.JSONField(default=list)),
                ('sender', models.CharField(blank=True, max_length=254)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailings', to=settings.AUTH_USER_MODEL)),
                ('composition', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mailing', to='compose.composition')),
            ],
        ),
        migrations.CreateModel(
            name='MailingCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, max_length=2000)),
                ('address', models.CharField(max_length=254)),
                ('values', models.JSONField(default=dict)),
                ('queued_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='compose.mailing')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Slice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('enclosure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slices', to='compose.enclosure')),
            ],
            options={
                'ordering': ('offset',),
            },
        ),
        migrations.CreateModel(
            name='StockText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('html', models.TextField()),
                ('updated_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stock_texts', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='directory.structure')),
            ],
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('account',), name='one_usual_identity'),
        ),
        migrations.AddConstraint(
            model_name='mailingcopy',
            constraint=models.UniqueConstraint(fields=('mailing', 'number'), name='copy_once'),
        ),
        migrations.AddConstraint(
            model_name='mailingcopy',
            constraint=models.UniqueConstraint(fields=('mailing', 'address'), name='copy_once_each'),
        ),
        migrations.AddConstraint(
            model_name='slice',
            constraint=models.UniqueConstraint(fields=('enclosure', 'offset'), name='slice_once'),
        ),
    ]
