-- Why: the fence between merges and grants was spelled out by both sides, and would have kept nobody out once they differed.

-- Held until the transaction ends: shared by who gives something to the player, alone by who merges the player away.
-- One of 64 fences for many players, because a transaction may give to hundreds of them, and locks are few. The keys are
-- those that instances of the former release lock.
CREATE FUNCTION "hold_player_fence"(player UUID, alone BOOLEAN) RETURNS VOID LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF alone THEN
    PERFORM pg_advisory_xact_lock(hashtext('player_merge'), hashtext(player::text) & 63);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(hashtext('player_merge'), hashtext(player::text) & 63);
  END IF;
END $$;

-- Who is given what is meant for a player. The fence makes it certain: a merge is over and seen here, or waits for this
-- transaction and finds its rows. A function, because each of its statements sees what was committed before it, while the
-- statement that calls it has looked before it waited.
CREATE OR REPLACE FUNCTION "grant_owner"(
  of_game UUID, of_environment TEXT, meant UUID, meant_external TEXT,
  OUT player_id UUID, OUT external_player_id TEXT
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM hold_player_fence(meant, FALSE);
  SELECT to_player, to_external INTO player_id, external_player_id
    FROM player_merge
   WHERE game_id = of_game AND environment = of_environment AND from_player = meant;
  IF NOT FOUND THEN
    player_id := meant;
    external_player_id := meant_external;
  END IF;
END $$;
