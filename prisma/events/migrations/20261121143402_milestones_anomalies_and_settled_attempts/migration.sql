-- Why: a milestone fires once an attempt, so the attempt keeps which have (05 §10); boards of every aggregation are
-- frozen from the attempts, for which the time of the present score is needed (06 §5); suspicious writes are kept for
-- operators (05 §14); and payouts at the close of a window read its attempts in pages by id (07 §5.4).

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "fired_milestones" JSONB,
ADD COLUMN     "score_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "anomaly" (
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "player_id" UUID NOT NULL,
    "external_player_id" TEXT NOT NULL,
    "attempt_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_key" TEXT NOT NULL,
    "event_window_id" UUID NOT NULL,
    "validator_key" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "metric_snapshot" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "review_status" TEXT NOT NULL DEFAULT 'open',
    "reviewed_by" TEXT,
    "reviewed_at" TIMESTAMPTZ(3),
    "review_note" TEXT,

    CONSTRAINT "anomaly_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "anomaly_game_id_id_idx" ON "anomaly"("game_id", "id");

-- CreateIndex
CREATE INDEX "anomaly_game_id_external_player_id_id_idx" ON "anomaly"("game_id", "external_player_id", "id");

-- CreateIndex
CREATE INDEX "attempt_event_window_id_id_idx" ON "attempt"("event_window_id", "id");

-- CreateIndex
CREATE INDEX "attempt_leaderboard_id_id_idx" ON "attempt"("leaderboard_id", "id");
