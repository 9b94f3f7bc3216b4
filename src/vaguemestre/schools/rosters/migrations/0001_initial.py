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
            name='EntAnswerRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='GroupRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=5)),
                ('name', models.CharField(max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='EntLinkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64, unique=True)),
                ('linked_at', models.DateTimeField()),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ent_link', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='GatewayRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254, unique=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ent_gateway', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=8)),
                ('pupils_in', models.PositiveIntegerField(default=0)),
                ('pupils_changed', models.PositiveIntegerField(default=0)),
                ('pupils_out', models.PositiveIntegerField(default=0)),
                ('pupils', models.PositiveIntegerField(default=0)),
                ('rejected', models.JSONField(default=list)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='class_imports', to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='RosterRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(blank=True, max_length=80)),
                ('purge_on', models.DateField(db_index=True)),
                ('updated_at', models.DateTimeField()),
                ('structure', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='class_roster', to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='RelativeRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('first_name', models.CharField(max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relatives', to='rosters.rosterrow')),
            ],
        ),
        migrations.CreateModel(
            name='PupilRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('first_name', models.CharField(max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('groups', models.ManyToManyField(related_name='pupils', to='rosters.grouprow')),
                ('relatives', models.ManyToManyField(related_name='pupils', to='rosters.relativerow')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pupils', to='rosters.rosterrow')),
            ],
        ),
        migrations.AddField(
            model_name='grouprow',
            name='roster',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='rosters.rosterrow'),
        ),
        migrations.CreateModel(
            name='StagedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('at', models.DateTimeField(db_index=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staged_classes', to=settings.AUTH_USER_MODEL)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staged_classes', to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='TeacherRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('address', models.CharField(db_index=True, max_length=254)),
                ('groups', models.ManyToManyField(related_name='teachers', to='rosters.grouprow')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teachers', to='rosters.rosterrow')),
            ],
        ),
        migrations.CreateModel(
            name='AllowedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='class_writing', to='directory.person')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='class_writers', to='directory.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('structure', 'person'), name='allowed_once')],
            },
        ),
        migrations.CreateModel(
            name='RightRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=12)),
                ('side', models.CharField(max_length=8)),
                ('reach', models.CharField(max_length=4)),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='class_rights', to='directory.structure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('structure', 'role', 'side'), name='right_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='relativerow',
            constraint=models.UniqueConstraint(fields=('roster', 'key'), name='relative_once'),
        ),
        migrations.AddConstraint(
            model_name='pupilrow',
            constraint=models.UniqueConstraint(fields=('roster', 'key'), name='pupil_once'),
        ),
        migrations.AddConstraint(
            model_name='grouprow',
            constraint=models.UniqueConstraint(fields=('roster', 'kind', 'name'), name='class_once'),
        ),
        migrations.AddConstraint(
            model_name='stagedrow',
            constraint=models.UniqueConstraint(fields=('account', 'structure'), name='staged_once'),
        ),
        migrations.AddConstraint(
            model_name='teacherrow',
            constraint=models.UniqueConstraint(fields=('roster', 'key'), name='teacher_once'),
        ),
    ]
