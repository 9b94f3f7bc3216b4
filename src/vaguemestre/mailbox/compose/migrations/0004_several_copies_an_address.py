from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("compose", "0003_acting_members"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="mailingcopy", name="copy_once_each"),
    ]
