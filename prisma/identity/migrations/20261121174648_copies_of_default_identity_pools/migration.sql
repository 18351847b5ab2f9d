-- Why: copies of default identity pools.

-- CreateTable
CREATE TABLE "default_identity_pool" (
    "game_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,

    CONSTRAINT "default_identity_pool_pkey" PRIMARY KEY ("game_id")
);

-- CreateTable
CREATE TABLE "default_identity" (
    "game_id" UUID NOT NULL,
    "place" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "avatar" TEXT,

    CONSTRAINT "default_identity_pkey" PRIMARY KEY ("game_id","place")
);

-- AddForeignKey
ALTER TABLE "default_identity" ADD CONSTRAINT "default_identity_game_id_fkey" FOREIGN KEY ("game_id") REFERENCES "default_identity_pool"("game_id") ON DELETE CASCADE ON UPDATE CASCADE;
