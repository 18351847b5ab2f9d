-- Why: the newest ledger row of a holding says what it holds (08 §12), and ids of two processes do not follow their
-- commits: rows bear the holding's own revision from here on. A job's turn counts when it was finished, not when it was
-- begun.

ALTER TABLE "holding" ADD COLUMN     "chained_from" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "ledger" ADD COLUMN     "revision" INTEGER;

-- What is there is numbered by its ids, up to the revision of its holding. A merge has left fewer revisions than rows.
UPDATE "holding" SET "revision" = counted."rows"
  FROM (SELECT "game_id", "environment", "player_id", "resource_type", "resource_key", count(*)::int AS "rows"
          FROM "ledger"
         GROUP BY "game_id", "environment", "player_id", "resource_type", "resource_key") AS counted
 WHERE "holding"."game_id" = counted."game_id" AND "holding"."environment" = counted."environment"
   AND "holding"."player_id" = counted."player_id" AND "holding"."resource_type" = counted."resource_type"
   AND "holding"."resource_key" = counted."resource_key" AND "holding"."revision" < counted."rows";

UPDATE "ledger" SET "revision" = placed."revision"
  FROM (SELECT "ledger_id",
               (coalesce("holding"."revision", count(*) OVER "whole") - count(*) OVER "whole"
                + row_number() OVER ("whole" ORDER BY "ledger_id"))::int AS "revision"
          FROM "ledger"
          LEFT JOIN "holding" USING ("game_id", "environment", "player_id", "resource_type", "resource_key")
        WINDOW "whole" AS (PARTITION BY "game_id", "environment", "player_id", "resource_type", "resource_key")
       ) AS placed
 WHERE "ledger"."ledger_id" = placed."ledger_id";

-- Where that order is not the one in which the rows were written, the chain of balances begins with the next row.
UPDATE "holding" SET "chained_from" = "holding"."revision"
  FROM (SELECT "game_id", "environment", "player_id", "resource_type", "resource_key", min("revision") AS "first",
               bool_and("balance_after" - "delta" = "before") AS "chained"
          FROM (SELECT *, coalesce(lag("balance_after") OVER (
                         PARTITION BY "game_id", "environment", "player_id", "resource_type", "resource_key"
                             ORDER BY "revision"), 0) AS "before"
                  FROM "ledger") AS placed
         GROUP BY "game_id", "environment", "player_id", "resource_type", "resource_key") AS looked
 WHERE "holding"."game_id" = looked."game_id" AND "holding"."environment" = looked."environment"
   AND "holding"."player_id" = looked."player_id" AND "holding"."resource_type" = looked."resource_type"
   AND "holding"."resource_key" = looked."resource_key" AND NOT (looked."first" = 1 AND looked."chained");

ALTER TABLE "ledger" ALTER COLUMN "revision" SET NOT NULL;

-- It begins like the index of a player's rows, and takes its place.
CREATE UNIQUE INDEX "ledger_holding_revision_key" ON "ledger"("game_id", "environment", "player_id", "resource_type", "resource_key", "revision");
DROP INDEX "ledger_player_idx";

ALTER TABLE "job_run" ALTER COLUMN "begun_at" DROP NOT NULL,
ADD COLUMN     "leased_until" TIMESTAMPTZ(3);
