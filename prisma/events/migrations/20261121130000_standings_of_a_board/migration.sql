-- Why: before a board is frozen its standings are read from the attempts on it, player by player (06 §8).

CREATE INDEX "attempt_leaderboard_id_player_id_idx" ON "attempt"("leaderboard_id", "player_id");
