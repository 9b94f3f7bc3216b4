from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('removals', '0004_found_at_count'),
    ]

    operations = [
        migrations.AddField(
            model_name='removal',
            name='undone_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
    ]
