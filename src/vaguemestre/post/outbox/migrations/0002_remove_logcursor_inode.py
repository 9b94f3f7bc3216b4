"""Delivery statuses follow the steps of messages, by number, no longer a file."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [migrations.RemoveField(model_name="logcursor", name="inode")]
