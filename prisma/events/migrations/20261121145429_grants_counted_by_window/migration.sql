-- Why: grants counted by window.

-- CreateTable
CREATE TABLE "window_grants" (
    "event_window_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "grants" INTEGER NOT NULL,

    CONSTRAINT "window_grants_pkey" PRIMARY KEY ("event_window_id","environment")
);
