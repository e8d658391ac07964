import sqlalchemy
from alembic import op

revision = "42"
down_revision = "41"


def upgrade():
    op.add_column("orders", sqlalchemy.Column("region", sqlalchemy.Text()))


def downgrade():
    op.drop_column("orders", "region")
