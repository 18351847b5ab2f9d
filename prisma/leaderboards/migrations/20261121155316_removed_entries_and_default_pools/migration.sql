-- Why: removed_entries_and_default_pools.

-- AlterTable
ALTER TABLE "board_entry" ADD COLUMN     "removed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "game_settings" ADD COLUMN     "default_identity_pool_key" TEXT;
