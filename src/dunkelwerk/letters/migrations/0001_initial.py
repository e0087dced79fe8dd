from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LetterOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.BigIntegerField(unique=True)),
                ("decision", models.BigIntegerField(db_index=True)),
                ("template", models.CharField(max_length=40)),
                ("line", models.CharField(max_length=40)),
                ("contract", models.CharField(max_length=60)),
                ("claim", models.CharField(max_length=60, null=True)),
                ("person", models.BigIntegerField(null=True)),
                ("legal_entity", models.CharField(max_length=40)),
                ("business_day", models.DateField()),
                ("state", models.CharField(default="ordered", max_length=20)),
            ],
            options={
                "db_table": "letter_order",
            },
        ),
    ]
