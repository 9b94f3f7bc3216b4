from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("classes", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="EntAnswerRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
