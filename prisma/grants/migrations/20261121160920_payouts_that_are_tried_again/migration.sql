-- Why: payouts that failed for the configuration are tried again when it changes, and a share keeps its name when its
-- winner is merged, so that each of two merged winners is paid once.

-- AlterTable
ALTER TABLE "pool_winner" ADD COLUMN     "won_as" UUID;

-- CreateTable
CREATE TABLE "payout_repair" (
    "game_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "changes" INTEGER NOT NULL,
    "after_environment" TEXT,
    "after_key" TEXT,
    "tries" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_repair_pkey" PRIMARY KEY ("game_id")
);

-- CreateIndex
CREATE INDEX "payout_repair_due_idx" ON "payout_repair"("due_at");

-- What is tried again when the configuration of its game changes.
CREATE INDEX "payout_failed_idx" ON "payout"("game_id", "environment", "payout_key") WHERE "outcome" = 'failed';

-- Payouts whose key names the player for ever: what was paid to either of two who are merged. Ranks and shares of pools
-- are each of them's own.
DROP INDEX "payout_of_player_idx";
CREATE INDEX "payout_of_player_idx" ON "payout"("player_id") WHERE "payout_key" ~ '^(level|ladder):';

-- No refusal ends a settlement any more: those it has ended go on.
UPDATE "settlement" SET "state" = 'due', "settled_at" = NULL, "tries" = 0, "due_at" = now() WHERE "state" = 'failed';
