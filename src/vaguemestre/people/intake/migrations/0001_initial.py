import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('full_source', models.CharField(blank=True, max_length=40)),
                ('closures_confirmed', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=80)),
                ('started_at', models.DateTimeField(db_index=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('arrivals', models.PositiveIntegerField(default=0)),
                ('changes', models.PositiveIntegerField(default=0)),
                ('departures', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('received_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('refusal', models.TextField(blank=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=80)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('plan_digest', models.CharField(blank=True, max_length=32)),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('planned_on', models.DateField(blank=True, null=True)),
                ('plan_note', models.CharField(blank=True, max_length=300)),
                ('replan_asked_at', models.DateTimeField(blank=True, null=True)),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.academy')),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(db_index=True, max_length=40)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('column', models.CharField(blank=True, max_length=40)),
                ('dossier', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(max_length=300)),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused_lines', to='intake.feed')),
            ],
        ),
        migrations.CreateModel(
            name='MatchCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dossier', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=300)),
                ('first_line', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('seen_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('same', 'Same'), ('other', 'Other')], max_length=5)),
                ('answered_by', models.CharField(blank=True, max_length=80)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.academy')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.person')),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_candidates', to='intake.feed')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('academy', 'dossier', 'person'), name='match_candidate_once')],
            },
        ),
        migrations.CreateModel(
            name='AppliedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_line', models.PositiveIntegerField()),
                ('masked', models.CharField(blank=True, max_length=13)),
                ('what', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(blank=True, max_length=10)),
                ('uai', models.CharField(blank=True, max_length=8)),
                ('differences', models.JSONField(default=list)),
                ('sealed', models.BinaryField()),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applied_lines', to='intake.feed')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.person')),
            ],
            options={
                'indexes': [models.Index(fields=['feed', 'kind'], name='applied_by_kind')],
            },
        ),
        migrations.CreateModel(
            name='PlannedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=10)),
                ('dossier', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=220)),
                ('sorted_as', models.CharField(blank=True, max_length=220)),
                ('line', models.PositiveIntegerField()),
                ('uai', models.CharField(blank=True, max_length=8)),
                ('function', models.CharField(blank=True, max_length=20)),
                ('leaves_on', models.DateField(blank=True, null=True)),
                ('account_act', models.CharField(blank=True, max_length=10)),
                ('situation', models.CharField(blank=True, max_length=10)),
                ('differences', models.JSONField(default=list)),
                ('fingerprint', models.CharField(max_length=32)),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='planned_rows', to='intake.feed')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.person')),
            ],
            options={
                'indexes': [models.Index(fields=['feed', 'kind', 'rank'], name='planned_by_kind')],
            },
        ),
    ]
