from django.db import models


class Customer(models.Model):
    email = models.TextField(unique=True)

    class Meta:
        db_table = "customers"


class Order(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.TextField(db_default="new")
    region = models.TextField(null=True)

    class Meta:
        db_table = "orders"
