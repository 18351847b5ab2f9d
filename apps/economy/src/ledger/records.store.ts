import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { Recorded } from './judge-write.js';
import type { Owner } from './owned-resource.js';
import type { StoredReply, Write } from './write.js';

const readRecords = statement(
  'economy-read-operation-records',
  `select (wanted.place - 1)::int as place, request_hash, reply, reversal.operation_id is not null as reversed
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) with ordinality
       as wanted(game_id, environment, operation, key, place)
     join ledger_operation as known
       on known.game_id = wanted.game_id and known.environment = wanted.environment
      and known.operation = wanted.operation and known.key = wanted.key
     left join reversal
       on reversal.game_id = wanted.game_id and reversal.environment = wanted.environment
      and reversal.operation_id = wanted.key and wanted.operation = 'apply'`,
);

const readPaidLevels = statement(
  'economy-read-paid-levels',
  `select game_id || '/' || environment || '/' || player_id || '/' || economy_key || '/' || level as id
     from unnest($1::uuid[], $2::text[], $3::uuid[]) as wanted(game_id, environment, player_id)
     join level_reached using (game_id, environment, player_id)`,
);

interface RecordRow {
  place: number;
  request_hash: string;
  reply: StoredReply;
  reversed: boolean;
}

/** Which names and levels have had their effect, for ever (08 §5). Read under the locks of the holdings. */
@Injectable()
export class RecordsStore {
  /** By position of the write; null where nothing is known. */
  async read(tx: Tx, writes: readonly Write[]): Promise<(Recorded | null)[]> {
    const known = new Array<Recorded | null>(writes.length).fill(null);
    const named = writes.flatMap(({ scope, record }, at) => (record ? [{ at, scope, record }] : []));
    if (named.length === 0) return known;
    const rows = await tx.query<RecordRow>(readRecords, [
      named.map(({ scope }) => scope.gameId),
      named.map(({ scope }) => scope.environment),
      named.map(({ record }) => record.operation),
      named.map(({ record }) => record.key),
    ]);
    for (const { place, request_hash: bodyHash, reply, reversed } of rows) {
      known[named[place]!.at] = { bodyHash, reply, reversed };
    }
    return known;
  }

  /** Ids of the levels some players have been paid, as `levelId` makes them. */
  async paidLevels(tx: Tx, players: readonly Owner[]): Promise<Set<string>> {
    if (players.length === 0) return new Set();
    const rows = await tx.query<{ id: string }>(readPaidLevels, [
      players.map(({ scope }) => scope.gameId),
      players.map(({ scope }) => scope.environment),
      players.map(({ playerId }) => playerId),
    ]);
    return new Set(rows.map(({ id }) => id));
  }
}
