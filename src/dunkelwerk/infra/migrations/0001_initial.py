from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wrapped", models.BinaryField()),
                ("master", models.CharField(max_length=40)),
                ("created_on", models.DateField()),
            ],
            options={
                "db_table": "data_key",
            },
        ),
    ]
