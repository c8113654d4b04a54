"""Adds buckets of rate limits, for servers whose workers count together."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rate_buckets",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("was_let", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "caller"),
        # Counts are worth nothing after a crash, and cost no disk write this way.
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],
    )
    with op.batch_alter_table("rate_buckets") as batch_op:
        batch_op.create_index("rate_buckets_by_time", ["at"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("rate_buckets") as batch_op:
        batch_op.drop_index("rate_buckets_by_time")
    op.drop_table("rate_buckets")
