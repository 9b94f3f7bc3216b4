import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SchoolBook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uai', models.CharField(max_length=8, unique=True)),
                ('name', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(blank=True, max_length=255)),
                ('href', models.CharField(blank=True, max_length=255)),
                ('name', models.CharField(max_length=200)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('others', models.TextField(blank=True)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('organisation', models.CharField(blank=True, max_length=200)),
                ('note', models.TextField(blank=True)),
                ('sought', models.TextField(blank=True, editable=False)),
                ('vcard', models.TextField(blank=True)),
                ('etag', models.CharField(blank=True, max_length=64)),
                ('has_photo', models.BooleanField(default=False)),
                ('is_group', models.BooleanField(default=False)),
                ('is_collected', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to=settings.AUTH_USER_MODEL)),
                ('book', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='contacts.schoolbook')),
            ],
            options={
                'ordering': ('sought',),
            },
        ),
        migrations.CreateModel(
            name='BookWriter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='written_books', to=settings.AUTH_USER_MODEL)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='writers', to='contacts.schoolbook')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='contacts.contact')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='contacts.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'contact'), name='member_once')],
            },
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['account', 'address'], name='contacts_co_account_7abc93_idx'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['book', 'address'], name='contacts_co_book_id_4ea803_idx'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('is_collected', True)), fields=('account', 'address'), name='collected_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('uid', ''), _negated=True), fields=('account', 'uid'), name='contact_uid_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('href', ''), _negated=True), fields=('account', 'href'), name='contact_href_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('href', ''), _negated=True), fields=('book', 'href'), name='book_contact_href_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('uid', ''), _negated=True), fields=('book', 'uid'), name='book_contact_uid_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('account__isnull', True), ('book__isnull', True), _connector='XOR'), name='contact_on_one_shelf'),
        ),
        migrations.AddConstraint(
            model_name='bookwriter',
            constraint=models.UniqueConstraint(fields=('book', 'account'), name='book_writer_once'),
        ),
    ]
