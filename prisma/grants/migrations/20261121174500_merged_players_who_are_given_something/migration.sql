-- Why: payouts and grants that come after their player was merged away belong to the target (12 §7.4).

CREATE TABLE "player_merge" (
    "game_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "from_player" UUID NOT NULL,
    "studio_id" UUID NOT NULL,
    "to_player" UUID NOT NULL,
    "to_external" TEXT NOT NULL,
    "merged_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "player_merge_pkey" PRIMARY KEY ("game_id","environment","from_player")
);

CREATE INDEX "player_merge_to_idx" ON "player_merge"("to_player");

-- Who is given what is meant for a player. The fence makes it certain: whoever gives shares it, a merge takes it alone, so
-- that a merge is over and seen here, or waits for this transaction and finds its rows. A function, because each of its
-- statements sees what was committed before it, while the statement that calls it has looked before it waited. One of 64
-- fences for many players, because a transaction may give to hundreds of them, and locks are few.
CREATE FUNCTION "grant_owner"(
  of_game UUID, of_environment TEXT, meant UUID, meant_external TEXT,
  OUT player_id UUID, OUT external_player_id TEXT
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('player_merge'), hashtext(meant::text) & 63);
  SELECT to_player, to_external INTO player_id, external_player_id
    FROM player_merge
   WHERE game_id = of_game AND environment = of_environment AND from_player = meant;
  IF NOT FOUND THEN
    player_id := meant;
    external_player_id := meant_external;
  END IF;
END $$;
