from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sorting", "0005_script_form"),
    ]

    operations = [
        migrations.AddField(
            model_name="scriptrow",
            name="drops_redirects",
            field=models.BooleanField(default=False),
        ),
    ]
