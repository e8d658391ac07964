from alembic import op

revision = "41"
down_revision = None


def upgrade():
    op.execute("create table customers (id bigint generated always as identity primary key, email text not null unique)")
    op.execute(
        "create table orders (id bigint generated always as identity primary key, customer_id bigint not null references customers,"
        " amount numeric(10, 2) not null, status text not null default 'new')"
    )


def downgrade():
    op.execute("drop table orders, customers")
