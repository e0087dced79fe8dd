import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("previous", models.BigIntegerField(null=True)),
                ("flag", models.CharField(max_length=1)),
                ("batch", models.BigIntegerField()),
                ("business_day", models.DateField()),
                ("booked_at", models.DateTimeField()),
                ("decision", models.BigIntegerField()),
                ("line", models.CharField(max_length=40)),
                ("contract", models.CharField(max_length=60, null=True)),
                ("claim", models.CharField(max_length=60, null=True)),
                ("cause", models.CharField(max_length=20, null=True)),
                ("icd_chapter", models.CharField(max_length=1, null=True)),
                ("action", models.CharField(max_length=40)),
                ("period_from", models.DateField(null=True)),
                ("period_until", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("mode", models.CharField(max_length=20)),
                ("process", models.CharField(max_length=60)),
                ("rules", models.CharField(max_length=40)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("payment_reference", models.CharField(max_length=35, null=True)),
                ("legal_entity", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "movement",
            },
        ),
    ]
