-- Why: the horizon worker plans the events that are due and no others; operators override windows, and an override
-- outlives its window for 30 days.

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "plan_due_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "event_window" ADD COLUMN     "override_updated_at" TIMESTAMPTZ(3),
ADD COLUMN     "override_updated_by" TEXT;

-- CreateTable
CREATE TABLE "orphaned_override" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "game_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "metadata" JSONB NOT NULL,
    "orphaned_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "orphaned_override_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "orphaned_override_event_id_idx" ON "orphaned_override"("event_id");

-- CreateIndex
CREATE INDEX "orphaned_override_orphaned_at_idx" ON "orphaned_override"("orphaned_at");

-- The horizon worker asks only for what is due.
CREATE INDEX "event_plan_due_idx" ON "event"("plan_due_at") WHERE "plan_due_at" IS NOT NULL;

-- What was published before this column existed is looked at once.
UPDATE "event" SET "plan_due_at" = '1970-01-01T00:00:00Z' WHERE "status" IN ('scheduled', 'live', 'paused');
