-- Why: anomalies are kept as long as the settings of their game say (04 §10), which this context hears of; the oldest of
-- a game are found by their time.

-- CreateTable
CREATE TABLE "anomaly_retention" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "days" INTEGER NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "anomaly_retention_pkey" PRIMARY KEY ("game_id")
);

-- CreateIndex
CREATE INDEX "anomaly_game_id_occurred_at_idx" ON "anomaly"("game_id", "occurred_at");
