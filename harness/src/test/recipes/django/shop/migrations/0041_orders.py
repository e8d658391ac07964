from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("email", models.TextField(unique=True)),
            ],
            options={"db_table": "customers"},
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("Customer", models.PROTECT)),
                ("amount", models.DecimalField(max_digits=10, decimal_places=2)),
                ("status", models.TextField(db_default="new")),
            ],
            options={"db_table": "orders"},
        ),
    ]
