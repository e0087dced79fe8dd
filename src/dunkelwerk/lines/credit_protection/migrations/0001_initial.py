import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("load", models.BigIntegerField(null=True)),
                ("load_line", models.TextField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("number", models.CharField(max_length=60, unique=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("status", models.CharField(max_length=20)),
                ("instalment", models.DecimalField(decimal_places=2, max_digits=12)),
                ("final_instalment", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("due_day", models.SmallIntegerField()),
                ("has_payee", models.BooleanField(default=False)),
                ("payee_name", models.TextField(null=True)),
                ("payee_iban", models.TextField(null=True)),
                ("payee_reference", models.TextField(null=True)),
                ("blocked_since", models.DateField(null=True)),
                ("in_arrears", models.BooleanField(default=False)),
                ("reminded_on", models.DateField(null=True)),
                ("arrears_deadline", models.DateField(null=True)),
                ("recourse_open", models.DecimalField(decimal_places=2, max_digits=12)),
                ("recourse_loaded", models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                "db_table": "contract",
            },
        ),
        migrations.CreateModel(
            name="Load",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=100)),
                ("files", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "register_load",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("load", models.BigIntegerField(null=True)),
                ("load_line", models.TextField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("key", models.CharField(max_length=60, unique=True)),
                ("last_name", models.TextField()),
                ("first_name", models.TextField()),
                ("birth_date", models.DateField()),
                ("deceased_on", models.DateField(null=True)),
                ("salutation", models.TextField(null=True)),
                ("street", models.TextField(null=True)),
                ("house_number", models.TextField(null=True)),
                ("postal_code", models.TextField(null=True)),
                ("city", models.TextField(null=True)),
                ("country", models.TextField(null=True)),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="Tariff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("load", models.BigIntegerField(null=True)),
                ("load_line", models.TextField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("key", models.CharField(max_length=60, unique=True)),
            ],
            options={
                "db_table": "tariff",
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60)),
                ("cause", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=20)),
                ("onset", models.DateField()),
                ("icd", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("benefit_from", models.DateField(null=True)),
                ("benefit_limit", models.DateField(null=True)),
                ("proven_until", models.DateField(null=True)),
                ("released_until", models.DateField(null=True)),
                ("recovered_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("closing_reason", models.TextField(null=True)),
                ("months_used_before", models.IntegerField(default=0)),
                (
                    "contract",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="credit_protection.contract"),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="credit_protection.person"),
                ),
            ],
            options={
                "db_table": "claim",
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField()),
                ("decision", models.BigIntegerField(null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="credit_protection.claim"
                    ),
                ),
            ],
            options={
                "db_table": "proof",
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contract", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("cause", models.CharField(max_length=20)),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("origin", models.BigIntegerField()),
                ("cancelled_on", models.DateField(null=True)),
                ("decision", models.BigIntegerField(null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="credit_protection.claim"
                    ),
                ),
            ],
            options={
                "db_table": "release",
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=20)),
                ("waiting_months", models.IntegerField(default=0)),
                ("deferred_days", models.IntegerField(null=True)),
                ("max_months", models.IntegerField(null=True)),
                ("monthly_cap", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("settlement", models.CharField(max_length=20, null=True)),
                ("relapse_months", models.IntegerField(default=6)),
                ("age_limit", models.IntegerField(null=True)),
                ("cap", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("legal_entity", models.CharField(max_length=40, null=True)),
                (
                    "tariff",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="credit_protection.tariff"),
                ),
            ],
            options={
                "db_table": "cover",
            },
        ),
        migrations.AddField(
            model_name="contract",
            name="tariff",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="credit_protection.tariff"),
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(null=True)),
                ("due", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("set_off", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("status", models.CharField(max_length=20)),
                ("replaces", models.TextField(null=True)),
                ("release", models.BigIntegerField(null=True)),
                ("decision", models.BigIntegerField(null=True)),
                ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="credit_protection.claim")),
            ],
            options={
                "db_table": "instalment",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["released", "paid", "returned", "cancelled", "offset"])),
                        name="instalment_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="instalment_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("set_off__gte", 0), ("set_off__lte", models.F("amount"))),
                        name="instalment_set_off_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Insured",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.SmallIntegerField()),
                (
                    "contract",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="credit_protection.contract"),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="credit_protection.person"),
                ),
            ],
            options={
                "db_table": "insured",
                "constraints": [models.UniqueConstraint(fields=("contract", "person"), name="insured_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(fields=("contract", "number"), name="claim_once"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["illness", "unemployment", "disability", "dread_disease", "death"])),
                name="claim_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["reported", "accepted", "declined", "closed"])), name="claim_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.UniqueConstraint(fields=("tariff", "cause"), name="cover_once"),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["illness", "unemployment", "disability", "dread_disease", "death"])),
                name="cover_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("settlement__in", ["due_date", "daily"])), name="cover_settlement"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "cancelled", "expired", "ended"])), name="contract_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("instalment__gt", 0)), name="contract_instalment_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("recourse_open__gte", 0)), name="contract_recourse_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(condition=models.Q(("due_day__range", (1, 28))), name="contract_due_day"),
        ),
    ]
