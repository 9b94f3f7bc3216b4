"""More words by which names are found: « auvergne » of « d’Auvergne », « elkhatib » of « El-Khatib »."""

from itertools import batched

from django.db import migrations

from vaguemestre.people.directory.rules.names import name_words

_BATCH = 500
_SHOWN = ("pk", "first_name", "chosen_first_name", "birth_name", "usage_name")


def index(apps, schema_editor):
    """Add the words that are missing; nothing to people whose civil status is erased."""
    word_model = apps.get_model("directory", "NameWord")
    people = apps.get_model("directory", "Person").objects.filter(erased_at=None).order_by("pk")
    for batch in batched(people.values_list(*_SHOWN), _BATCH):
        standing = set(
            word_model.objects.filter(person_id__in=[row[0] for row in batch]).values_list("person_id", "word")
        )
        word_model.objects.bulk_create(
            [
                word_model(person_id=pk, word=word)
                for pk, first, chosen, birth, usage in batch
                for word in name_words(chosen or first, usage or birth)
                if (pk, word) not in standing
            ],
            batch_size=_BATCH,
        )


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    suits_old_code = "it adds rows of a table that the version before reads by the beginning of words"
    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
