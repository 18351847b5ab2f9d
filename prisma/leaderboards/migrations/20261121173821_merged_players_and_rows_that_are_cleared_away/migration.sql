-- Why: a player who is merged into another one leaves boards in one step that may be repeated, so each row remembers who
-- has taken it over, and whoever writes can ask who a player is now (12 §7). What only writes need of a list is cleared
-- away some time after it was frozen.

-- AlterTable
ALTER TABLE "board" ADD COLUMN     "clear_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "board_entry" ADD COLUMN     "moved_to" UUID;

-- CreateTable
CREATE TABLE "standings_merge" (
    "saga_id" TEXT NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "from_player" UUID NOT NULL,
    "to_player" UUID NOT NULL,
    "scrubbed" INTEGER NOT NULL DEFAULT 0,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "standings_merge_pkey" PRIMARY KEY ("saga_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "standings_merge_from_player_key" ON "standings_merge"("from_player");

-- CreateIndex
CREATE INDEX "standings_merge_to_player_begun_at_idx" ON "standings_merge"("to_player", "begun_at");

-- CreateIndex
CREATE INDEX "standings_merge_begun_at_idx" ON "standings_merge"("begun_at");

-- Rows of one player, wherever they are. Bots are found by their board.
CREATE INDEX "board_entry_player_idx" ON "board_entry"("participant_id") WHERE "kind" = 'player';

-- Frozen lists of which something may be cleared away.
UPDATE "board" SET "clear_at" = "finalized_at" + interval '30 days' WHERE "finalized_at" IS NOT NULL;
CREATE INDEX "board_clear_idx" ON "board"("clear_at") WHERE "clear_at" IS NOT NULL;
