from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0002_requestrow_domain")]

    operations = [
        migrations.CreateModel(
            name="AnswerText",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("domain", models.CharField(max_length=253)),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("domain", "title"), name="one_answer_text_of_a_title")
                ],
            },
        ),
    ]
