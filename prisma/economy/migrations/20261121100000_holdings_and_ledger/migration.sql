-- Why: the economy begins. Holdings are running sums, the ledger is the append-only list of what changed them, and
-- ledger_operation remembers for ever which operation or idempotency key has had its effect (08 §§3–5).

CREATE TABLE "game_settings" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "inventory_management" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,

    CONSTRAINT "game_settings_pkey" PRIMARY KEY ("game_id")
);

CREATE TABLE "catalog_version" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "catalog_version_pkey" PRIMARY KEY ("game_id")
);

CREATE TABLE "catalog_item" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "name" JSONB NOT NULL,
    "description" JSONB,
    "icon_url" TEXT,
    "item_type_key" TEXT NOT NULL,
    "tags" TEXT[] NOT NULL,
    "rarity" TEXT,
    "attributes" JSONB NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "catalog_item_pkey" PRIMARY KEY ("game_id", "key")
);

CREATE TABLE "catalog_currency" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "name" JSONB NOT NULL,
    "description" JSONB,
    "icon_url" TEXT,
    "kind" TEXT NOT NULL,
    "client_writable" BOOLEAN NOT NULL,
    "initial_balance" INTEGER NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "catalog_currency_pkey" PRIMARY KEY ("game_id", "key")
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

CREATE TABLE "holding" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "player_id" UUID NOT NULL,
    "resource_type" TEXT NOT NULL,
    "resource_key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "amount" INTEGER NOT NULL,
    "metadata" JSONB NOT NULL,
    "initial_paid" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "holding_pkey" PRIMARY KEY ("game_id", "environment", "player_id", "resource_type", "resource_key"),
    -- The last line of defence; the statements that write carry the same condition themselves.
    CONSTRAINT "holding_amount_check" CHECK ("amount" >= 0)
);

-- Rows change in place many times a second; room on the page keeps such updates off the index.
ALTER TABLE "holding" SET (fillfactor = 80);

CREATE TABLE "ledger" (
    "ledger_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "player_id" UUID NOT NULL,
    "resource_type" TEXT NOT NULL,
    "resource_key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "delta" INTEGER NOT NULL,
    "balance_after" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "source_ref_id" TEXT,
    "origin" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "actor" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_pkey" PRIMARY KEY ("ledger_id"),
    CONSTRAINT "ledger_delta_check" CHECK ("delta" <> 0),
    CONSTRAINT "ledger_balance_after_check" CHECK ("balance_after" >= 0)
);

CREATE UNIQUE INDEX "ledger_operation_resource_key" ON "ledger"("game_id", "environment", "operation_id", "resource_type", "resource_key");
CREATE INDEX "ledger_player_idx" ON "ledger"("game_id", "environment", "player_id", "ledger_id");

CREATE TABLE "ledger_operation" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_operation_pkey" PRIMARY KEY ("game_id", "environment", "operation", "key")
);

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
