import django.db.models.deletion
import vaguemestre.desks.enrolment.values
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
            name='NumenRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12, unique=True)),
                ('secret_digest', models.CharField(max_length=64)),
                ('state', models.CharField(default=vaguemestre.desks.enrolment.values.RequestState['SUBMITTED'], max_length=20)),
                ('applicant', models.JSONField()),
                ('birth_date', models.DateField()),
                ('network', models.CharField(blank=True, max_length=64)),
                ('contact', models.CharField(blank=True, db_index=True, max_length=64)),
                ('filed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='directory.person')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numen_requests', to='directory.managementservice')),
            ],
        ),
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offices', to=settings.AUTH_USER_MODEL)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='officers', to='directory.managementservice')),
            ],
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('sent_at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='enrolment.numenrequest')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('message', models.CharField(blank=True, max_length=600)),
                ('by', models.CharField(max_length=40)),
                ('applicant_mailed_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('service_mailed_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='enrolment.numenrequest')),
            ],
        ),
        migrations.AddIndex(
            model_name='numenrequest',
            index=models.Index(fields=['service', 'state', 'filed_at'], name='enrolment_n_service_47010f_idx'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.UniqueConstraint(fields=('account', 'service'), name='officer_once'),
        ),
    ]
