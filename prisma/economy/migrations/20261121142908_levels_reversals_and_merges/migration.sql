-- Why: progressions that follow others and the levels they pay once (08 §8), entry costs that are given back once
-- (08 §7), holdings of two players made one (08 §10), and the fields of the catalog these need (04 §7).

ALTER TABLE "catalog_currency" ADD COLUMN     "derived_from" JSONB,
ADD COLUMN     "gifting" JSONB,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "catalog_item" ADD COLUMN     "crate" JSONB,
ADD COLUMN     "gifting" JSONB,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "catalog_item_type" (
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "name" JSONB NOT NULL,
    "stackable" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "catalog_item_type_pkey" PRIMARY KEY ("game_id","key")
);

-- CreateTable
CREATE TABLE "reversal" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "retry_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL,
    "paid_at" TIMESTAMPTZ(3),

    CONSTRAINT "reversal_pkey" PRIMARY KEY ("game_id","environment","operation_id")
);

-- CreateTable
CREATE TABLE "level_reached" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "player_id" UUID NOT NULL,
    "economy_key" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "reached_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "level_reached_pkey" PRIMARY KEY ("game_id","environment","player_id","economy_key","level")
);

-- CreateTable
CREATE TABLE "holdings_merge" (
    "saga_id" TEXT NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "studio_id" UUID NOT NULL,
    "from_player" UUID NOT NULL,
    "to_player" UUID NOT NULL,
    "counts" JSONB NOT NULL,
    "merged_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "holdings_merge_pkey" PRIMARY KEY ("saga_id")
);

-- CreateIndex
CREATE INDEX "holdings_merge_from_idx" ON "holdings_merge"("game_id", "environment", "from_player");

-- CreateTable
CREATE TABLE "job_run" (
    "name" TEXT NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("name")
);

-- The worker looks for refunds that wait; the index stays tiny however many were paid.
CREATE INDEX "reversal_waiting_idx" ON "reversal"("retry_at") WHERE "retry_at" IS NOT NULL;
