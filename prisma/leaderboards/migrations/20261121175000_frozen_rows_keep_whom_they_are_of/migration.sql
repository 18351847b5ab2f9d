-- Why: a settlement that was interrupted, and whose player was merged away meanwhile, pays the rank under the same key.

ALTER TABLE "leaderboard_entry" ADD COLUMN     "ranked_as" UUID;
