-- Why: bots_pools_and_rosters.

-- CreateTable
CREATE TABLE "bot_definition" (
    "bot_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" JSONB NOT NULL,
    "description" TEXT,
    "tags" JSONB NOT NULL DEFAULT '[]',
    "behavior" JSONB NOT NULL,
    "identity_pool_key" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "bot_definition_pkey" PRIMARY KEY ("bot_id")
);

-- CreateTable
CREATE TABLE "identity_pool" (
    "pool_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" JSONB NOT NULL,
    "entries" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "identity_pool_pkey" PRIMARY KEY ("pool_id")
);

-- CreateTable
CREATE TABLE "board_roster" (
    "leaderboard_id" UUID NOT NULL,
    "last_step" INTEGER NOT NULL DEFAULT 0,
    "ticks" INTEGER NOT NULL DEFAULT 0,
    "counts_ticks" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "board_roster_pkey" PRIMARY KEY ("leaderboard_id")
);

-- CreateTable
CREATE TABLE "board_bot" (
    "leaderboard_id" UUID NOT NULL,
    "slot" INTEGER NOT NULL,
    "bot_id" UUID NOT NULL,
    "bot_key" TEXT NOT NULL,
    "bot_version" INTEGER NOT NULL,
    "participant_id" UUID NOT NULL,
    "seed" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "avatar" TEXT,
    "behavior" JSONB NOT NULL,
    "state" JSONB NOT NULL,

    CONSTRAINT "board_bot_pkey" PRIMARY KEY ("leaderboard_id","slot")
);

-- CreateTable
CREATE TABLE "counted_writes" (
    "leaderboard_id" UUID NOT NULL,
    "attempt_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "counted_writes_pkey" PRIMARY KEY ("leaderboard_id","attempt_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "bot_definition_game_id_key_key" ON "bot_definition"("game_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "identity_pool_game_id_key_key" ON "identity_pool"("game_id", "key");
