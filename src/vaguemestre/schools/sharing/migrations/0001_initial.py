import django.db.models.deletion
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
            name='Box',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('school', 'school'), ('stewardship', 'stewardship'), ('district', 'district'), ('service', 'service'), ('project', 'project'), ('person', 'person')], max_length=12)),
                ('address', models.CharField(max_length=254)),
                ('title', models.CharField(max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('followed_on', models.DateField(blank=True, db_index=True, null=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.academy')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='box', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='BoxRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('school', 'school'), ('stewardship', 'stewardship'), ('district', 'district'), ('service', 'service'), ('project', 'project'), ('person', 'person')], max_length=12)),
                ('local', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('granted', 'Granted'), ('refused', 'Refused')], db_index=True, default='asked', max_length=8)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('decided_by', models.CharField(blank=True, max_length=80)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.academy')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='box_requests', to=settings.AUTH_USER_MODEL)),
                ('box', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='request', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='BoxActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=20)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('number', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='box_activities', to=settings.AUTH_USER_MODEL)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='ClientSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='box_client_sign_ins', to=settings.AUTH_USER_MODEL)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_sign_ins', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('right', models.CharField(choices=[('read', 'read'), ('sort', 'sort'), ('send', 'send'), ('manage', 'manage')], max_length=6)),
                ('is_owner', models.BooleanField(default=False)),
                ('source', models.CharField(choices=[('post', 'post'), ('hand', 'hand')], max_length=4)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('inbox_only', models.BooleanField(default=False)),
                ('added_by', models.CharField(max_length=80)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=8)),
                ('seen_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='box_presences', to=settings.AUTH_USER_MODEL)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='SentMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('message_id', models.CharField(db_index=True, max_length=255)),
                ('in_reply_to', models.CharField(blank=True, db_index=True, max_length=255)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent_from_boxes', to=settings.AUTH_USER_MODEL)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent', to='sharing.box')),
            ],
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.CharField(max_length=255)),
                ('assigned_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='threads', to='sharing.box')),
                ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='delegated_threads', to=settings.AUTH_USER_MODEL)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_threads', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='box_notes', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='sharing.thread')),
            ],
        ),
        migrations.CreateModel(
            name='ThreadMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(db_index=True, max_length=255)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='sharing.thread')),
            ],
        ),
        migrations.CreateModel(
            name='CollisionWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('cause', models.CharField(max_length=80)),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sharing.box')),
            ],
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'school')), fields=('structure',), name='one_box_a_school'),
        ),
        migrations.AddIndex(
            model_name='boxactivity',
            index=models.Index(fields=['box', 'at'], name='sharing_activity_box'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['account', 'ended_at'], name='sharing_member_account'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['ended_at', 'ends_at'], name='sharing_member_end'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('box', 'account'), name='box_member_once'),
        ),
        migrations.AddIndex(
            model_name='presence',
            index=models.Index(fields=['box', 'message_id'], name='sharing_presence_message'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('box', 'account', 'message_id', 'kind'), name='presence_once'),
        ),
        migrations.AddConstraint(
            model_name='sentmessage',
            constraint=models.UniqueConstraint(fields=('box', 'key'), name='sent_once'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.UniqueConstraint(fields=('box', 'root'), name='thread_once'),
        ),
        migrations.AddConstraint(
            model_name='threadmessage',
            constraint=models.UniqueConstraint(fields=('thread', 'message_id'), name='thread_message_once'),
        ),
        migrations.AddConstraint(
            model_name='collisionwarning',
            constraint=models.UniqueConstraint(fields=('box', 'key', 'cause'), name='collision_warning_once'),
        ),
    ]
