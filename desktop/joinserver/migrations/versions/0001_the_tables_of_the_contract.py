"""Makes the tables of the contract, with all their constraints."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "auth_users",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("user_metadata", sa.JSON(), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.create_index("login_failures_by_key", ["key_hash", "at"], unique=False)

    op.create_table(
        "organizations",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "service_plans",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("perks", sa.JSON(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("display_order", sa.Integer(), nullable=False),
        sa.Column("plan_type", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "auth_sessions",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mechanics",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("application_status", sa.Text(), nullable=False),
        sa.Column("account_status", sa.Text(), nullable=False),
        sa.Column("suspended_until", sa.DateTime(), nullable=True),
        sa.Column("can_accept_sessions", sa.Boolean(), nullable=False),
        sa.Column("account_type", sa.Text(), nullable=False),
        sa.Column("workshop_id", sa.CHAR(length=36), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("partnership_type", sa.Text(), nullable=True),
        sa.Column("currently_on_shift", sa.Boolean(), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("last_clock_in", sa.DateTime(), nullable=True),
        sa.Column("last_clock_out", sa.DateTime(), nullable=True),
        sa.Column("daily_micro_minutes_cap", sa.Integer(), nullable=True),
        sa.Column("daily_micro_minutes_used", sa.Integer(), nullable=True),
        sa.Column("participation_mode", sa.Text(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.CheckConstraint("account_type IN ('individual_mechanic', 'workshop_mechanic')", name="account_type_known"),
        sa.CheckConstraint("id <> user_id", name="two_identities"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["organizations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "profiles",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("account_status", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('customer', 'mechanic', 'admin')", name="role_known"),
        sa.ForeignKeyConstraint(
            ["id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "vehicles",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("make", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("mileage", sa.Text(), nullable=True),
        sa.Column("nickname", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "auth_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("auth_session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_hash", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name="kind_known"),
        sa.ForeignKeyConstraint(
            ["auth_session_id"],
            ["auth_sessions.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("auth_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auth_tokens_auth_session_id"), ["auth_session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_auth_tokens_parent_hash"), ["parent_hash"], unique=False)

    op.create_table(
        "intakes",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("concern", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("make", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("odometer", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("vehicle_id", sa.CHAR(length=36), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["vehicles.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "mechanic_shift_logs",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("mechanic_id", sa.CHAR(length=36), nullable=False),
        sa.Column("clocked_in_at", sa.DateTime(), nullable=False),
        sa.Column("clocked_out_at", sa.DateTime(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mechanic_id"],
            ["mechanics.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("stripe_session_id", sa.Text(), nullable=False),
        sa.Column("customer_user_id", sa.CHAR(length=36), nullable=True),
        sa.Column("customer_email", sa.Text(), nullable=True),
        sa.Column("mechanic_id", sa.CHAR(length=36), nullable=True),
        sa.Column("intake_id", sa.CHAR(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("scheduled_for", sa.DateTime(), nullable=True),
        sa.Column("scheduled_start", sa.DateTime(), nullable=True),
        sa.Column("scheduled_end", sa.DateTime(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("total_paused_ms", sa.Integer(), nullable=False),
        sa.Column("last_state_change_at", sa.DateTime(), nullable=False),
        sa.Column("mechanic_notes", sa.Text(), nullable=True),
        sa.Column("notes_updated_at", sa.DateTime(), nullable=True),
        sa.Column("summary_data", sa.JSON(), nullable=True),
        sa.Column("summary_submitted_at", sa.DateTime(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancellation_reason", sa.Text(), nullable=True),
        sa.Column("waiver_signed_at", sa.DateTime(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("notes_version", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status <> 'live' OR started_at IS NOT NULL", name="live_has_started"),
        sa.CheckConstraint(
            "status IN ('pending', 'scheduled', 'waiting', 'live', 'completed', 'cancelled', 'expired', "
            "'refunded', 'archived')",
            name="status_known",
        ),
        sa.CheckConstraint(
            "status NOT IN ('completed', 'cancelled') OR ended_at IS NOT NULL", name="ended_has_ended_at"
        ),
        sa.ForeignKeyConstraint(
            ["customer_user_id"],
            ["auth_users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["intakes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["mechanic_id"],
            ["mechanics.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stripe_session_id"),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("sessions_by_mechanic", ["mechanic_id", "status", "ended_at"], unique=False)
        batch_op.create_index(
            "uniq_customer_one_open",
            ["customer_user_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
            postgresql_where=sa.text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
        )
        batch_op.create_index(
            "uniq_mech_one_active",
            ["mechanic_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('waiting', 'live')"),
            postgresql_where=sa.text("status IN ('waiting', 'live')"),
        )

    op.create_table(
        "chat_messages",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("sender_id", sa.CHAR(length=36), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("temp_id", sa.Text(), nullable=False),
        sa.CheckConstraint("length(content) <= 2000", name="content_length"),
        sa.ForeignKeyConstraint(
            ["sender_id"],
            ["auth_users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "sender_id", "temp_id"),
        sa.UniqueConstraint("session_id", "seq"),
    )
    op.create_table(
        "livekit_rooms",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("room_name", sa.Text(), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_refreshed_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("room_name", "user_id"),
    )
    with op.batch_alter_table("livekit_rooms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_livekit_rooms_room_name"), ["room_name"], unique=False)

    op.create_table(
        "session_assignments",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("mechanic_id", sa.CHAR(length=36), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("match_score", sa.Double(), nullable=True),
        sa.Column("match_reasons", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("expired_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.CheckConstraint("priority IN ('high', 'normal', 'low')", name="priority_known"),
        sa.CheckConstraint(
            "status IN ('pending_waiver', 'queued', 'offered', 'accepted', 'declined', "
            "'expired', 'cancelled', 'completed')",
            name="status_known",
        ),
        sa.ForeignKeyConstraint(
            ["mechanic_id"],
            ["mechanics.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("session_assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_assignments_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uniq_session_one_accepted",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("status = 'accepted'"),
            postgresql_where=sa.text("status = 'accepted'"),
        )

    op.create_table(
        "session_devices",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("device_fingerprint", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("kicked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "user_id", "device_fingerprint"),
    )
    op.create_table(
        "session_events",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=True),
        sa.Column("mechanic_id", sa.CHAR(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "event_type IN ('created', 'assigned', 'joined', 'started', 'ended', 'cancelled', "
            "'expired', 'timeout', 'device_kicked', 'mechanic_accepted', 'mechanic_declined')",
            name="event_type_known",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("session_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_events_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_extensions",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("payment_intent_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payment_intent_id"),
    )
    with op.batch_alter_table("session_extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_extensions_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_files",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("uploaded_by", sa.CHAR(length=36), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_type", sa.Text(), nullable=False),
        sa.Column("storage_path", sa.Text(), nullable=False),
        sa.Column("file_category", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("temp_id", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("file_category IN ('upload', 'voice_transcript', 'screenshot')", name="category_known"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "uploaded_by", "temp_id"),
    )
    op.create_table(
        "session_participants",
        sa.Column("id", sa.CHAR(length=36), nullable=False),
        sa.Column("session_id", sa.CHAR(length=36), nullable=False),
        sa.Column("user_id", sa.CHAR(length=36), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("participant_sid", sa.Text(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "user_id"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("session_participants")
    op.drop_table("session_files")
    with op.batch_alter_table("session_extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_extensions_session_id"))

    op.drop_table("session_extensions")
    with op.batch_alter_table("session_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_events_session_id"))

    op.drop_table("session_events")
    op.drop_table("session_devices")
    with op.batch_alter_table("session_assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uniq_session_one_accepted",
            sqlite_where=sa.text("status = 'accepted'"),
            postgresql_where=sa.text("status = 'accepted'"),
        )
        batch_op.drop_index(batch_op.f("ix_session_assignments_session_id"))

    op.drop_table("session_assignments")
    with op.batch_alter_table("livekit_rooms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_livekit_rooms_room_name"))

    op.drop_table("livekit_rooms")
    op.drop_table("chat_messages")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "uniq_mech_one_active",
            sqlite_where=sa.text("status IN ('waiting', 'live')"),
            postgresql_where=sa.text("status IN ('waiting', 'live')"),
        )
        batch_op.drop_index(
            "uniq_customer_one_open",
            sqlite_where=sa.text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
            postgresql_where=sa.text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
        )
        batch_op.drop_index("sessions_by_mechanic")

    op.drop_table("sessions")
    op.drop_table("mechanic_shift_logs")
    op.drop_table("intakes")
    with op.batch_alter_table("auth_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_tokens_parent_hash"))
        batch_op.drop_index(batch_op.f("ix_auth_tokens_auth_session_id"))

    op.drop_table("auth_tokens")
    op.drop_table("vehicles")
    op.drop_table("profiles")
    op.drop_table("mechanics")
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auth_sessions_user_id"))

    op.drop_table("auth_sessions")
    op.drop_table("webhook_events")
    op.drop_table("service_plans")
    op.drop_table("organizations")
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.drop_index("login_failures_by_key")

    op.drop_table("login_failures")
    op.drop_table("auth_users")
