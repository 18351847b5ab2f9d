-- Why: grants begin. Bundles with every revision they had (a roll uses the one in force at its pin instant), the
-- secret that seeds a game's rolls, payouts as the guard against doubles, and the grants themselves (07 §§3–11).

CREATE TABLE "game_settings" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "inventory_management" TEXT NOT NULL,
    "grant_default_ttl_days" INTEGER,
    "revision" BIGINT NOT NULL,

    CONSTRAINT "game_settings_pkey" PRIMARY KEY ("game_id")
);

CREATE TABLE "roll_secret" (
    "game_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "roll_secret_pkey" PRIMARY KEY ("game_id", "version")
);

CREATE TABLE "rewards_version" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "rewards_version_pkey" PRIMARY KEY ("game_id")
);

CREATE TABLE "reward_bundle" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "name" JSONB NOT NULL,
    "entries" JSONB NOT NULL,
    "revision" INTEGER NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "reward_bundle_pkey" PRIMARY KEY ("game_id", "key")
);

CREATE TABLE "bundle_revision" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "entries" JSONB NOT NULL,
    "archived" BOOLEAN NOT NULL,
    "in_force_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bundle_revision_pkey" PRIMARY KEY ("game_id", "key", "revision")
);

CREATE TABLE "configuration_apply" (
    "apply_id" TEXT NOT NULL,
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "actor" TEXT,
    "prepared_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "configuration_apply_pkey" PRIMARY KEY ("apply_id")
);

-- One prepared apply a game: the second is refused here, not by an earlier read.
CREATE UNIQUE INDEX "configuration_apply_one_prepared" ON "configuration_apply"("game_id") WHERE "state" = 'prepared';

CREATE TABLE "payout" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "payout_key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "failure" TEXT,
    "roll_secret_version" INTEGER,
    "pinned_revisions" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_pkey" PRIMARY KEY ("game_id", "environment", "payout_key")
);

CREATE TABLE "player_grant" (
    "id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "external_player_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "contents" JSONB NOT NULL,
    "source_kind" TEXT NOT NULL,
    "source_ref_id" TEXT,
    "parent_grant_id" UUID,
    "payout_key" TEXT,
    "ordinal" INTEGER,
    "status" TEXT NOT NULL,
    "rolled_at" TIMESTAMPTZ(3),
    "claimed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "acked_by" TEXT,
    "deposit_state" TEXT NOT NULL,
    "deposit_requested_at" TIMESTAMPTZ(3),
    "deposit_requested_by" TEXT,
    "deposit_actor" TEXT,
    "deposited_at" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "player_grant_pkey" PRIMARY KEY ("id")
);

-- Two workers that pay the same payout meet here (07 §5.2).
CREATE UNIQUE INDEX "player_grant_payout_key" ON "player_grant"("game_id", "environment", "payout_key", "ordinal");

CREATE INDEX "player_grant_pending_idx" ON "player_grant"("game_id", "environment", "player_id", "created_at" DESC, "id" DESC) WHERE "status" = 'pending';

-- What the sweep and the recovery look for; both stay tiny.
CREATE INDEX "player_grant_due_idx" ON "player_grant"("expires_at") WHERE "status" = 'pending' AND "expires_at" IS NOT NULL;
CREATE INDEX "player_grant_requested_idx" ON "player_grant"("deposit_requested_at") WHERE "deposit_state" = 'requested';

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

CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "fact_id" UUID NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","fact_id")
);

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

CREATE INDEX "inbox_processed_at_idx" ON "inbox"("processed_at");
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- The relay looks for unpublished rows only; the index stays tiny however long published rows are kept.
CREATE INDEX "outbox_unpublished_idx" ON "outbox"("seq") WHERE "published_at" IS NULL;
