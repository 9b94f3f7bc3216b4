from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0008_states_are_dated'),
    ]

    operations = [
        migrations.AddField(
            model_name='apppassword',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='held_app_passwords', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='account',
            name='role',
            field=models.CharField(choices=[('agent', 'Agent'), ('hr_officer', 'Hr Officer'), ('helpdesk', 'Helpdesk'), ('administrator', 'Administrator'), ('box', 'Box')], default='agent', max_length=20),
        ),
    ]
