import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Academy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=2, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('domain', models.CharField(max_length=253, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='ManagementService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=160)),
                ('department', models.CharField(blank=True, max_length=3)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('postal', models.TextField(blank=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='directory.academy')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('dossier', models.CharField(max_length=40)),
                ('civility', models.CharField(blank=True, max_length=4)),
                ('birth_name', models.CharField(max_length=100)),
                ('usage_name', models.CharField(blank=True, max_length=100)),
                ('first_name', models.CharField(max_length=100)),
                ('chosen_first_name', models.CharField(blank=True, max_length=100)),
                ('birth_date', models.DateField(blank=True, null=True)),
                ('category', models.CharField(max_length=20)),
                ('recovery_address', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('unlisted', models.BooleanField(default=False)),
                ('hidden_since', models.DateTimeField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('sorted_as', models.CharField(blank=True, db_index=True, max_length=220)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='directory.academy')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='directory.managementservice')),
            ],
        ),
        migrations.CreateModel(
            name='NumenRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ciphertext', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('layout', models.CharField(max_length=10)),
                ('is_current', models.BooleanField(default=True)),
                ('since', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numens', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(db_index=True, max_length=100)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_words', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='MailAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254, unique=True)),
                ('is_primary', models.BooleanField(default=False)),
                ('may_send', models.BooleanField(default=True)),
                ('surname', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr('address', django.db.models.expressions.CombinedExpression(django.db.models.functions.text.StrIndex('address', models.Value('.')), '+', models.Value(1))), output_field=models.CharField(max_length=254))),
                ('second_surname', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Substr(django.db.models.functions.text.Substr('address', django.db.models.expressions.CombinedExpression(django.db.models.functions.text.StrIndex('address', models.Value('.')), '+', models.Value(1))), django.db.models.expressions.CombinedExpression(django.db.models.functions.text.StrIndex(django.db.models.functions.text.Substr('address', django.db.models.expressions.CombinedExpression(django.db.models.functions.text.StrIndex('address', models.Value('.')), '+', models.Value(1))), models.Value('-')), '+', models.Value(1))), output_field=models.CharField(max_length=254))),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='directory.person')),
            ],
        ),
        migrations.CreateModel(
            name='Structure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uai', models.CharField(max_length=8, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(blank=True, max_length=40)),
                ('sector', models.CharField(blank=True, max_length=20)),
                ('department', models.CharField(blank=True, max_length=3)),
                ('district', models.CharField(blank=True, max_length=80)),
                ('town', models.CharField(blank=True, max_length=80)),
                ('postal_code', models.CharField(blank=True, max_length=10)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('folded', models.CharField(blank=True, max_length=300)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('academy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='structures', to='directory.academy')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(blank=True, max_length=20)),
                ('corps', models.CharField(blank=True, max_length=10)),
                ('discipline', models.CharField(blank=True, max_length=10)),
                ('function', models.CharField(blank=True, max_length=20)),
                ('is_primary', models.BooleanField(default=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='directory.person')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='directory.structure')),
            ],
        ),
        migrations.CreateModel(
            name='TakenName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('username', 'Username'), ('address', 'Address')], max_length=10)),
                ('name', models.CharField(max_length=254)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='directory.person')),
            ],
        ),
        migrations.AddConstraint(
            model_name='managementservice',
            constraint=models.UniqueConstraint(fields=('academy', 'code'), name='service_code_once'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(fields=('academy', 'dossier'), name='dossier_once'),
        ),
        migrations.AddConstraint(
            model_name='numenrow',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('person',), name='one_current_numen'),
        ),
        migrations.AddIndex(
            model_name='mailaddress',
            index=models.Index(fields=['surname'], name='directory_m_surname_e19002_idx'),
        ),
        migrations.AddIndex(
            model_name='mailaddress',
            index=models.Index(fields=['second_surname'], name='directory_m_second__87a615_idx'),
        ),
        migrations.AddConstraint(
            model_name='mailaddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('person',), name='one_primary_address'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['discipline', 'person'], name='directory_a_discipl_855f1e_idx'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['function', 'person'], name='directory_a_functio_2155ce_idx'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('person', 'structure', 'starts_on', 'function'), name='assignment_once'),
        ),
        migrations.AddConstraint(
            model_name='takenname',
            constraint=models.UniqueConstraint(fields=('kind', 'name'), name='name_taken_once'),
        ),
    ]
