-- CreateTable
CREATE TABLE "studio" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "studio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "game" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "display_name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "configuration_version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "game_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "permission_set" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "rate_limits" JSONB,
    "created_by" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "last_login_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "studio_member" (
    "studio_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "role" TEXT,

    CONSTRAINT "studio_member_pkey" PRIMARY KEY ("studio_id","member_id")
);

-- CreateTable
CREATE TABLE "game_role" (
    "game_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "game_role_pkey" PRIMARY KEY ("game_id","member_id")
);

-- CreateTable
CREATE TABLE "member_session" (
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "member_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_token" (
    "id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "permissions" TEXT[],
    "game_ids" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_failure" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "ip" TEXT NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_failure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bootstrap_token" (
    "id" INTEGER NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bootstrap_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "player" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "external_player_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "registered_at" TIMESTAMPTZ(3),
    "secret_hash" TEXT,
    "secret_prefix" TEXT,
    "secret_used" BOOLEAN NOT NULL DEFAULT false,
    "secret_minted_at" TIMESTAMPTZ(3),
    "secret_minted_by_key" TEXT,
    "secret_rotated_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_context_snapshot" JSONB,
    "last_context_at" TIMESTAMPTZ(3),
    "email" TEXT,
    "email_source" TEXT,
    "country" TEXT,
    "display_name" TEXT,
    "display_avatar" TEXT,
    "anonymized_name" TEXT NOT NULL,
    "anonymized_avatar" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "friend_code" TEXT,
    "banned_at" TIMESTAMPTZ(3),
    "ban_reason" TEXT,
    "banned_by" TEXT,
    "merged_into_player_id" UUID,
    "merged_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "locked_by" UUID,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "player_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_row" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "game_id" UUID,
    "environment" TEXT,
    "actor_type" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_label" TEXT NOT NULL,
    "token_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "target_label" TEXT,
    "reason" TEXT,
    "metadata" JSONB NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "diff" JSONB NOT NULL,
    "request_id" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_row_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "studio_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("studio_id")
);

-- CreateTable
CREATE TABLE "configuration_apply" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "owners" TEXT[],
    "settings" JSONB NOT NULL,
    "audit" JSONB NOT NULL,
    "lease_owner" UUID NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "configuration_apply_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "fact_id" UUID NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","fact_id")
);

-- CreateTable
CREATE TABLE "parked_message" (
    "id" UUID NOT NULL,
    "consumer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "headers" JSONB,
    "payload" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "deliveries" INTEGER NOT NULL,
    "parked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "parked_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "reply" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("game_id","environment","operation","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "studio_slug_key" ON "studio"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "game_studio_id_slug_key" ON "game"("studio_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_prefix_key" ON "api_key"("prefix");

-- CreateIndex
CREATE INDEX "api_key_game_id_created_at_idx" ON "api_key"("game_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "member_email_key" ON "member"("email");

-- CreateIndex
CREATE INDEX "studio_member_member_id_idx" ON "studio_member"("member_id");

-- CreateIndex
CREATE INDEX "game_role_member_id_idx" ON "game_role"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_session_token_hash_key" ON "member_session"("token_hash");

-- CreateIndex
CREATE INDEX "member_session_member_id_idx" ON "member_session"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_token_token_hash_key" ON "access_token"("token_hash");

-- CreateIndex
CREATE INDEX "access_token_member_id_idx" ON "access_token"("member_id");

-- CreateIndex
CREATE INDEX "login_failure_ip_failed_at_idx" ON "login_failure"("ip", "failed_at");

-- CreateIndex
CREATE INDEX "login_failure_email_ip_idx" ON "login_failure"("email", "ip");

-- CreateIndex
CREATE INDEX "player_game_id_environment_email_idx" ON "player"("game_id", "environment", "email");

-- CreateIndex
CREATE INDEX "player_game_id_environment_last_seen_at_idx" ON "player"("game_id", "environment", "last_seen_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "player_game_id_environment_external_player_id_key" ON "player"("game_id", "environment", "external_player_id");

-- CreateIndex
CREATE UNIQUE INDEX "player_game_id_environment_friend_code_key" ON "player"("game_id", "environment", "friend_code");

-- CreateIndex
CREATE INDEX "audit_row_game_id_seq_idx" ON "audit_row"("game_id", "seq" DESC);

-- CreateIndex
CREATE INDEX "audit_row_studio_id_target_type_target_id_seq_idx" ON "audit_row"("studio_id", "target_type", "target_id", "seq" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "audit_row_studio_id_seq_key" ON "audit_row"("studio_id", "seq");

-- CreateIndex
CREATE INDEX "configuration_apply_game_id_created_at_idx" ON "configuration_apply"("game_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "inbox"("processed_at");

-- CreateIndex
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- AddForeignKey
ALTER TABLE "game" ADD CONSTRAINT "game_studio_id_fkey" FOREIGN KEY ("studio_id") REFERENCES "studio"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_game_id_fkey" FOREIGN KEY ("game_id") REFERENCES "game"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "studio_member" ADD CONSTRAINT "studio_member_studio_id_fkey" FOREIGN KEY ("studio_id") REFERENCES "studio"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "studio_member" ADD CONSTRAINT "studio_member_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "game_role" ADD CONSTRAINT "game_role_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_session" ADD CONSTRAINT "member_session_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema language cannot say:

-- The relay looks for unpublished rows only; the index stays tiny however long published rows are kept.
CREATE INDEX "outbox_unpublished_idx" ON "outbox"("seq") WHERE "published_at" IS NULL;

-- Search by the beginning of a display name (12 §1).
CREATE INDEX "player_display_name_idx" ON "player"("game_id", "environment", lower("display_name") text_pattern_ops);

-- One apply at a time for a game: the second is refused by the database, not by an earlier read.
CREATE UNIQUE INDEX "configuration_apply_running_key" ON "configuration_apply"("game_id")
    WHERE "state" IN ('preparing', 'committing', 'abandoning');

-- A role cannot lose rights on its own tables, so a trigger makes the audit log append-only (04 §11).
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "audit_row_append_only" BEFORE UPDATE OR DELETE ON "audit_row"
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER "audit_row_not_truncated" BEFORE TRUNCATE ON "audit_row"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
