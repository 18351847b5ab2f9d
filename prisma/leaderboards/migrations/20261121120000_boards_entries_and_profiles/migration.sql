-- Why: the leaderboards begin. Live rows are the truth, leaderboard_entry keeps frozen boards for ever, profiles are a
-- copy of what identity knows (06 §§5–8). A live row is written on every accepted score, so its pages leave room for
-- updates in place.

CREATE TABLE "board" (
    "leaderboard_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "score_aggregation" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "event_key" TEXT NOT NULL,
    "event_window_id" UUID NOT NULL,
    "opens_at" TIMESTAMPTZ(3) NOT NULL,
    "closes_at" TIMESTAMPTZ(3) NOT NULL,
    "finalized_at" TIMESTAMPTZ(3),
    "finalized_reason" TEXT,

    CONSTRAINT "board_pkey" PRIMARY KEY ("leaderboard_id")
);

CREATE TABLE "board_entry" (
    "leaderboard_id" UUID NOT NULL,
    "participant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "achieved_at" TIMESTAMPTZ(3) NOT NULL,
    "joined_only" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "board_entry_pkey" PRIMARY KEY ("leaderboard_id","participant_id")
) WITH (fillfactor = 80);

CREATE TABLE "leaderboard_entry" (
    "leaderboard_id" UUID NOT NULL,
    "rank" INTEGER NOT NULL,
    "participant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "achieved_at" TIMESTAMPTZ(3) NOT NULL,
    "joined_only" BOOLEAN NOT NULL,

    CONSTRAINT "leaderboard_entry_pkey" PRIMARY KEY ("leaderboard_id","rank")
);

CREATE TABLE "player_profile" (
    "player_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "external_player_id" TEXT NOT NULL,
    "display_name" TEXT,
    "display_avatar" TEXT,
    "anonymized_name" TEXT NOT NULL,
    "anonymized_avatar" TEXT,
    "country" TEXT,
    "metadata" JSONB NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "player_profile_pkey" PRIMARY KEY ("player_id")
);

CREATE INDEX "board_game_id_environment_event_window_id_idx" ON "board"("game_id", "environment", "event_window_id");

CREATE UNIQUE INDEX "leaderboard_entry_leaderboard_id_participant_id_key" ON "leaderboard_entry"("leaderboard_id", "participant_id");

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
