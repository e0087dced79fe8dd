import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basket", models.CharField(max_length=60)),
                ("task", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                ("decision", models.BigIntegerField(db_index=True, null=True)),
                ("contract", models.CharField(max_length=60, null=True)),
                ("claim", models.CharField(max_length=60, null=True)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("priority", models.SmallIntegerField()),
                ("open_from", models.DateField()),
                ("due_on", models.DateField()),
                ("state", models.CharField(default="open", max_length=20)),
                ("created_on", models.DateField()),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "work_item",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["basket", "priority", "due_on"],
                        name="work_item_open",
                    ),
                    models.Index(fields=["kind", "key"], name="work_item_reference"),
                ],
            },
        ),
    ]
