from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("compose", "0001_initial")]

    operations = [
        migrations.RenameField(model_name="composition", old_name="deposits", new_name="shared_files"),
    ]
