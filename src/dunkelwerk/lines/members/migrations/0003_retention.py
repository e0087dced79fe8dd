"""Retention finds the tax IDs that a decision recorded, by its number; on what they hold there is still no index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_rights")]
    operations = [
        migrations.AddIndex(
            model_name="membertaxid",
            index=models.Index(
                condition=models.Q(("decision__isnull", False)), fields=["decision"], name="member_tax_id_decision"
            ),
        ),
    ]
