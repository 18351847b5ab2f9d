-- Why: a committed score that could not be told to Redis left an index that looked complete. Such misses are now counted
-- here, where they survive the process that noticed them, until the index has been made anew (06 §7.2).

ALTER TABLE "board" ADD COLUMN "index_misses" INTEGER NOT NULL DEFAULT 0;

-- What the repair looks for; nearly always empty.
CREATE INDEX "board_index_misses_idx" ON "board"("leaderboard_id") WHERE "index_misses" > 0;
