-- Why: most players have no email, friend code or name of their own. Full indexes held a run of equal entries for them,
-- which every insert had to walk and which the planner, before it has statistics, takes for selective.

DROP INDEX "player_game_id_environment_email_idx";
DROP INDEX "player_game_id_environment_friend_code_key";
DROP INDEX "player_display_name_idx";

CREATE INDEX "player_email_idx" ON "player"("game_id", "environment", "email") WHERE "email" IS NOT NULL;
CREATE UNIQUE INDEX "player_friend_code_key" ON "player"("game_id", "environment", "friend_code") WHERE "friend_code" IS NOT NULL;
CREATE INDEX "player_display_name_idx" ON "player"("game_id", "environment", lower("display_name") text_pattern_ops) WHERE "display_name" IS NOT NULL;
