-- Why: every accepted write changes a score, on some boards three rows a write. With the score in an index each of them cost
-- an entry of every index of the table (17 µs a row against 8 µs); ranks come from the index in Redis, and while that is away
-- a list is read through its key and sorted.

DROP INDEX "board_entry_leaderboard_id_score_achieved_at_participant_id_idx";
