-- Why: a contribution changes with every write of its attempt. Only boards that keep the latest look for theirs by time;
-- where nothing an index holds has changed, a row is written in place.

ALTER TABLE "contribution" ADD COLUMN "shown_at" TIMESTAMPTZ(3);
UPDATE "contribution" SET "shown_at" = "written_at" FROM "board"
 WHERE "board"."leaderboard_id" = "contribution"."leaderboard_id" AND "board"."score_aggregation" = 'latest';
CREATE INDEX "contribution_leaderboard_id_player_id_shown_at_idx"
    ON "contribution"("leaderboard_id", "player_id", "shown_at" DESC);
DROP INDEX "contribution_leaderboard_id_player_id_written_at_idx";
ALTER TABLE "contribution" SET (fillfactor = 80);
