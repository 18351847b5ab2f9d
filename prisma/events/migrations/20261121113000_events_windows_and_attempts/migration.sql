-- Why: the events context begins. Definitions are kept by revision, because a window plays by the one it opened with
-- (05 §16); windows, boards and attempts are what time and players make of them.

CREATE TABLE "event" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" TEXT,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "event_game_id_key_key" ON "event"("game_id", "key");

CREATE TABLE "event_revision" (
    "event_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "configuration" JSONB NOT NULL,
    "author" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_revision_pkey" PRIMARY KEY ("event_id","revision")
);

CREATE TABLE "event_window" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "player_id" UUID,
    "ordinal" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "metadata_override" JSONB NOT NULL,
    "revision" INTEGER,
    "finalized_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_window_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "event_window_event_id_ends_at_idx" ON "event_window"("event_id", "ends_at");

CREATE TABLE "event_board" (
    "leaderboard_id" UUID NOT NULL,
    "event_window_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_key" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "score_aggregation" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_board_pkey" PRIMARY KEY ("leaderboard_id")
);

CREATE UNIQUE INDEX "event_board_event_window_id_environment_key" ON "event_board"("event_window_id", "environment");

CREATE TABLE "attempt" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "event_key" TEXT NOT NULL,
    "event_window_id" UUID NOT NULL,
    "leaderboard_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "external_player_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "metrics_raw" JSONB NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "best_score" DOUBLE PRECISION,
    "best_at" TIMESTAMPTZ(3),
    "progress_count" INTEGER NOT NULL,
    "last_progress_at" TIMESTAMPTZ(3),
    "last_occurred_at" TIMESTAMPTZ(3),
    "player_context" JSONB,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "attempt_player_id_event_id_started_at_idx" ON "attempt"("player_id", "event_id", "started_at");

CREATE TABLE "player_context" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "player_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "context" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "player_context_pkey" PRIMARY KEY ("game_id","environment","player_id")
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

-- Progress rewrites an attempt many times and touches no indexed column: room on its page keeps those updates cheap.
ALTER TABLE "attempt" SET (fillfactor = 70);

-- Two starts at once give one attempt: the index decides, not the earlier look (05 §17.2).
CREATE UNIQUE INDEX "attempt_in_progress_key" ON "attempt"("event_window_id", "player_id") WHERE "status" = 'in_progress';
-- The sweeper asks for what is overdue, the closing of a window for what still runs in it.
CREATE INDEX "attempt_due_idx" ON "attempt"("ends_at") WHERE "status" = 'in_progress';

-- The identity of a shared occurrence is its start (05 §2.1).
CREATE UNIQUE INDEX "event_window_shared_start_key" ON "event_window"("event_id", "starts_at") WHERE "player_id" IS NULL;
CREATE INDEX "event_window_opening_idx" ON "event_window"("starts_at") WHERE "state" = 'upcoming';
CREATE INDEX "event_window_closing_idx" ON "event_window"("ends_at") WHERE "state" IN ('open', 'closing');

-- One apply at a time is prepared for a game: a second one is refused by this index (04 §12).
CREATE UNIQUE INDEX "configuration_apply_one_prepared" ON "configuration_apply"("game_id") WHERE "state" = 'prepared';

-- The relay looks for unpublished rows only; the index stays tiny however long published rows are kept.
CREATE INDEX "outbox_unpublished_idx" ON "outbox"("seq") WHERE "published_at" IS NULL;
