-- Why: rewards are completed. Tables with every revision they had, what window closes and frozen boards still pay,
-- pools as they were divided, and grants that are made through an API under a key of their own (07 §§4, 5.4, 9).

-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "ordered" JSONB;

-- AlterTable
ALTER TABLE "player_grant" ADD COLUMN     "deposit_act" JSONB,
ADD COLUMN     "idempotency_key" TEXT,
ADD COLUMN     "idempotency_owner" TEXT,
ADD COLUMN     "metadata" JSONB,
ADD COLUMN     "request_hash" TEXT;

-- CreateTable
CREATE TABLE "reward_table" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "name" JSONB NOT NULL,
    "definition" JSONB NOT NULL,
    "revision" INTEGER NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "reward_table_pkey" PRIMARY KEY ("game_id","key")
);

-- CreateTable
CREATE TABLE "table_revision" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "definition" JSONB NOT NULL,
    "archived" BOOLEAN NOT NULL,
    "in_force_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "table_revision_pkey" PRIMARY KEY ("game_id","key","revision")
);

-- CreateTable
CREATE TABLE "settlement" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "event_window_id" UUID NOT NULL,
    "leaderboard_id" UUID,
    "pin_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "progress" INTEGER NOT NULL,
    "tries" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "settlement_pkey" PRIMARY KEY ("game_id","environment","subject")
);

-- CreateTable
CREATE TABLE "pool_settlement" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "event_window_id" UUID NOT NULL,
    "leaderboard_id" UUID,
    "currency_key" TEXT NOT NULL,
    "pool" INTEGER NOT NULL,
    "winners" INTEGER NOT NULL,
    "share" INTEGER NOT NULL,
    "unpaid" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pool_settlement_pkey" PRIMARY KEY ("game_id","environment","subject")
);

-- CreateTable
CREATE TABLE "pool_winner" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "player_id" UUID NOT NULL,
    "external_player_id" TEXT NOT NULL,

    CONSTRAINT "pool_winner_pkey" PRIMARY KEY ("game_id","environment","subject","ordinal")
);

-- A key names one grant for ever (07 §9), and the index settles the race of two creations. Whose key it is stands
-- beside it: a player must not be able to take a key that the studio's backend is going to use.
CREATE UNIQUE INDEX "player_grant_idempotency_key" ON "player_grant"("game_id", "environment", "idempotency_owner", "idempotency_key") WHERE "idempotency_key" IS NOT NULL;

-- The contents of an opened crate, and the crates of a grant.
CREATE INDEX "player_grant_parent_idx" ON "player_grant"("parent_grant_id") WHERE "parent_grant_id" IS NOT NULL;

-- What the settlement worker looks for; stays tiny.
CREATE INDEX "settlement_due_idx" ON "settlement"("due_at") WHERE "state" = 'due';

-- A player's grants of any status, for merges and erasures.
CREATE INDEX "player_grant_player_idx" ON "player_grant"("game_id", "environment", "player_id");

-- Payouts whose key names the player: what was paid once for ever to either of two who are merged.
CREATE INDEX "payout_of_player_idx" ON "payout"("player_id") WHERE "payout_key" ~ '^(rank|pool|level|ladder):';
CREATE INDEX "pool_winner_player_idx" ON "pool_winner"("player_id");
