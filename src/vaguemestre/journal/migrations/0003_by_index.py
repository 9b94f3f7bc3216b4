from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["by", "id"], name="journal_entry_by"),
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["to", "id"], name="journal_entry_to"),
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["action", "id"], name="journal_entry_action"),
        ),
    ]
