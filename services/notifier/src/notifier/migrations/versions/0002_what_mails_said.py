"""What each mail said of the entry in its host's calendar: what was promised can be kept."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE mail ADD COLUMN entry text")


def downgrade() -> None:
    op.execute("ALTER TABLE mail DROP COLUMN entry")
