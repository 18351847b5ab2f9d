-- Why: an event may have many boards in a window, and a player keeps the seat on one of them (05 §6.1); entering may
-- cost something, taken once a window (05 §12); and a start looks first and writes in one statement afterwards: the
-- number of the attempt, unique for player and event, tells it that nothing came between.

-- DropIndex
DROP INDEX "attempt_player_id_event_id_started_at_idx";

-- DropIndex
DROP INDEX "event_board_event_window_id_environment_key";

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "ordinal" INTEGER,
ADD COLUMN     "window_ordinal" INTEGER;

UPDATE "attempt" a SET "ordinal" = v.ordinal, "window_ordinal" = v.window_ordinal
  FROM (SELECT "id",
               row_number() OVER (PARTITION BY "player_id", "event_id" ORDER BY "started_at", "id") AS ordinal,
               row_number() OVER (PARTITION BY "player_id", "event_window_id" ORDER BY "started_at", "id") AS window_ordinal
          FROM "attempt") v
 WHERE v."id" = a."id";

ALTER TABLE "attempt" ALTER COLUMN "ordinal" SET NOT NULL,
ALTER COLUMN "window_ordinal" SET NOT NULL;

-- AlterTable
ALTER TABLE "event_board" ADD COLUMN     "capacity" INTEGER,
ADD COLUMN     "humans" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "ordinal" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "shard" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "event_seat" (
    "event_window_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "leaderboard_id" UUID NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_seat_pkey" PRIMARY KEY ("event_window_id","environment","player_id")
);

-- CreateTable
CREATE TABLE "entry_charge" (
    "event_window_id" UUID NOT NULL,
    "player_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "attempt_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "entry_charge_pkey" PRIMARY KEY ("event_window_id","player_id","n")
);

-- CreateIndex
CREATE UNIQUE INDEX "attempt_player_id_event_id_ordinal_key" ON "attempt"("player_id", "event_id", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "event_board_event_window_id_environment_shard_ordinal_key" ON "event_board"("event_window_id", "environment", "shard", "ordinal");

-- What Prisma's schema cannot say.
CREATE UNIQUE INDEX "entry_charge_standing_key" ON "entry_charge"("event_window_id", "player_id") WHERE "state" <> 'reversed';
CREATE INDEX "entry_charge_due_idx" ON "entry_charge"("due_at") WHERE "state" IN ('open', 'reversing');
CREATE INDEX "attempt_done_idx" ON "attempt"("player_id", "event_id", "event_window_id")
  WHERE "status" IN ('completed', 'force_completed');
CREATE INDEX "event_board_room_idx" ON "event_board"("event_window_id", "environment", "shard", "ordinal")
  WHERE "humans" < "capacity";
