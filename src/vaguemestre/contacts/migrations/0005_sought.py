from django.db import migrations, models

from vaguemestre.kernel.texts import bare


def _index(apps, schema_editor):
    contacts = apps.get_model("contacts", "Contact")
    some = []
    for one in contacts.objects.only("name", "address", "others", "organisation", "phone").iterator(2000):
        one.sought = bare(" ".join((one.name, one.address, one.others, one.organisation, one.phone)))
        some.append(one)
        if len(some) == 2000:
            contacts.objects.bulk_update(some, ["sought"])
            some.clear()
    contacts.objects.bulk_update(some, ["sought"])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_hrefs")]

    operations = [
        migrations.AlterModelOptions(name="contact", options={"ordering": ("sought",)}),
        migrations.AddField("contact", "sought", models.TextField(blank=True, editable=False)),
        migrations.RunPython(_index, migrations.RunPython.noop, elidable=True),
    ]
