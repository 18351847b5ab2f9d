-- Why: boards of the game's own begin (06 §§3–6, §9): their definitions with rules that change from period to period,
-- what each attempt has put into a board that keeps the latest or adds up, segments, periods. A board is now any ranked
-- list, an event's or one period and segment of a defined one. Rows get an index in rank order: without it a read of a
-- huge board while Redis is away would sort all of it.

-- AlterTable
ALTER TABLE "board" ADD COLUMN "bot_bindings" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN "capacity" INTEGER,
ADD COLUMN "compared_at" TIMESTAMPTZ(3),
ADD COLUMN "definition_id" UUID,
ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'event',
ADD COLUMN "ladder" JSONB,
ADD COLUMN "ladder_ceiling" INTEGER,
ADD COLUMN "segment" TEXT,
ALTER COLUMN "event_id" DROP NOT NULL,
ALTER COLUMN "event_key" DROP NOT NULL,
ALTER COLUMN "event_window_id" DROP NOT NULL,
ALTER COLUMN "closes_at" DROP NOT NULL;

-- AlterTable
ALTER TABLE "board_entry" ADD COLUMN "total" DECIMAL(40,0);

-- CreateTable
CREATE TABLE "contribution" (
    "leaderboard_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "score_at" TIMESTAMPTZ(3) NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,
    "baseline" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "definition_id" UUID,
    "period_start" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contribution_pkey" PRIMARY KEY ("leaderboard_id","source_id")
);

-- CreateTable
CREATE TABLE "leaderboard_definition" (
    "leaderboard_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" JSONB NOT NULL,
    "scope" TEXT NOT NULL,
    "economy_key" TEXT,
    "accept_client_scores" BOOLEAN,
    "ladder" JSONB,
    "bot_bindings" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "leaderboard_definition_pkey" PRIMARY KEY ("leaderboard_id")
);

-- CreateTable
CREATE TABLE "leaderboard_rules" (
    "leaderboard_id" UUID NOT NULL,
    "effective_from" TIMESTAMPTZ(3) NOT NULL,
    "reset_cadence" TEXT NOT NULL,
    "score_aggregation" TEXT NOT NULL,
    "segmentation" JSONB NOT NULL,

    CONSTRAINT "leaderboard_rules_pkey" PRIMARY KEY ("leaderboard_id","effective_from")
);

-- CreateTable
CREATE TABLE "leaderboard_period" (
    "leaderboard_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "leaderboard_period_pkey" PRIMARY KEY ("leaderboard_id","environment","started_at")
);

-- CreateTable
CREATE TABLE "player_segment" (
    "leaderboard_id" UUID NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "player_id" UUID NOT NULL,
    "segment" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "player_segment_pkey" PRIMARY KEY ("leaderboard_id","period_start","player_id")
);

-- CreateTable
CREATE TABLE "game_settings" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "accept_client_scores" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "game_settings_pkey" PRIMARY KEY ("game_id")
);

-- CreateTable
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

-- CreateIndex
CREATE INDEX "contribution_leaderboard_id_player_id_written_at_idx" ON "contribution"("leaderboard_id", "player_id", "written_at" DESC);

-- CreateIndex
CREATE INDEX "contribution_source_id_idx" ON "contribution"("source_id");

-- CreateIndex
CREATE INDEX "leaderboard_definition_studio_id_idx" ON "leaderboard_definition"("studio_id");

-- CreateIndex
CREATE UNIQUE INDEX "leaderboard_definition_game_id_key_key" ON "leaderboard_definition"("game_id", "key");

-- CreateIndex
CREATE INDEX "board_definition_id_environment_opens_at_idx" ON "board"("definition_id", "environment", "opens_at");

-- CreateIndex
CREATE INDEX "board_entry_leaderboard_id_score_achieved_at_participant_id_idx" ON "board_entry"("leaderboard_id", "score" DESC, "achieved_at", "participant_id" DESC);

-- One apply of a game at a time.
CREATE UNIQUE INDEX "configuration_apply_one_prepared" ON "configuration_apply"("game_id") WHERE "state" = 'prepared';

-- A board of a whole studio is found by its key from every game (06 §3).
CREATE UNIQUE INDEX "leaderboard_definition_studio_key" ON "leaderboard_definition"("studio_id", "key") WHERE "scope" = 'studio';

-- Periods that are due; nearly always empty.
CREATE INDEX "leaderboard_period_open_idx" ON "leaderboard_period"("ended_at") WHERE "closed_at" IS NULL;

-- Boards in the order in which they are compared with their rank index.
CREATE INDEX "board_compare_idx" ON "board"("compared_at" NULLS FIRST) WHERE "finalized_at" IS NULL;
