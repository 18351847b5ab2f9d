-- Why: freezes that survive their process.

-- CreateTable
CREATE TABLE "board_freeze" (
    "leaderboard_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_window_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,
    "read_after" UUID,
    "standings_read" INTEGER NOT NULL DEFAULT 0,
    "all_read" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "board_freeze_pkey" PRIMARY KEY ("leaderboard_id")
);
