-- Why: histories_of_boards.

-- CreateTable
CREATE TABLE "board_sample" (
    "leaderboard_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "standings" JSONB NOT NULL,

    CONSTRAINT "board_sample_pkey" PRIMARY KEY ("leaderboard_id","at")
);

-- CreateTable
CREATE TABLE "board_sampling" (
    "leaderboard_id" UUID NOT NULL,
    "sampled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "board_sampling_pkey" PRIMARY KEY ("leaderboard_id")
);

-- CreateIndex
CREATE INDEX "board_sample_at_idx" ON "board_sample"("at");

-- CreateIndex
CREATE INDEX "board_sampling_sampled_at_idx" ON "board_sampling"("sampled_at");
