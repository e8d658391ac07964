from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0041_orders")]
    operations = [migrations.AddField("Order", "region", models.TextField(null=True))]
