-- Why: one attempt that cannot be ended must not keep its window from closing for ever; until it can, it stands here, where
-- the closing and the metric find it.

-- CreateTable
CREATE TABLE "parked_attempt" (
    "attempt_id" UUID NOT NULL,
    "event_window_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "failed_since" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "parked_attempt_pkey" PRIMARY KEY ("attempt_id")
);

-- CreateIndex
CREATE INDEX "parked_attempt_event_window_id_idx" ON "parked_attempt"("event_window_id");
