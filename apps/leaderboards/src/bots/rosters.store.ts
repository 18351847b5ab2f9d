import { Injectable } from '@nestjs/common';
import type { BotBehavior } from '@kraty/contracts/leaderboards';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { GoneRow } from '../ranks/ranks.store.js';
import type { EntryRow } from '../scores/scores.store.js';
import type { BotState } from './bot.js';
import { isOnBoard, type Roster, type RosterBot } from './roster.js';

interface RosterRow {
  lastStep: number;
  ticks: number;
  countsTicks: boolean;
  revision: number;
}

interface BotRow {
  slot: number;
  seed: string;
  botId: string;
  botKey: string;
  botVersion: number;
  participantId: string;
  name: string;
  avatar: string | null;
  behavior: BotBehavior;
  state: BotState;
}

const insertRoster = statement(
  'roster-insert',
  `insert into board_roster (leaderboard_id, counts_ticks) values ($1, $2) on conflict do nothing returning leaderboard_id`,
);
const insertBots = statement(
  'roster-insert-bots',
  `insert into board_bot (leaderboard_id, slot, bot_id, bot_key, bot_version, participant_id, seed, name, avatar, behavior, state)
   select $1, slot, bot_id, bot_key, bot_version, participant_id, seed, name, avatar, behavior::jsonb, state::jsonb
     from unnest($2::int[], $3::uuid[], $4::text[], $5::int[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[],
                 $11::text[])
       as bot (slot, bot_id, bot_key, bot_version, participant_id, seed, name, avatar, behavior, state)`,
);
const rosterColumns = `last_step as "lastStep", ticks, counts_ticks as "countsTicks", revision`;
const selectRoster = statement('roster', `select ${rosterColumns} from board_roster where leaderboard_id = $1`);
const lockRoster = statement(
  'roster-lock',
  `select ${rosterColumns} from board_roster where leaderboard_id = $1 for update`,
);
/** A reader does not wait for whoever advances the bots already: it shows the board as it is (10 §6.3). */
const tryRoster = statement(
  'roster-try',
  `select ${rosterColumns} from board_roster where leaderboard_id = $1 for update skip locked`,
);
const selectBots = statement(
  'roster-bots',
  `select slot, seed, bot_id as "botId", bot_key as "botKey", bot_version as "botVersion", participant_id as "participantId",
          name, avatar, behavior, state
     from board_bot where leaderboard_id = $1 order by slot`,
);
const selectIdentities = statement(
  'roster-identities',
  `select participant_id as "participantId", name, avatar from board_bot where leaderboard_id = $1`,
);
const saveRoster = statement(
  'roster-save',
  `update board_roster set last_step = $2, ticks = $3, revision = revision + 1 where leaderboard_id = $1`,
);
const saveStates = statement(
  'roster-save-states',
  `update board_bot as bot set state = given.state::jsonb
     from unnest($2::int[], $3::text[]) as given (slot, state)
    where leaderboard_id = $1 and bot.slot = given.slot`,
);
/** Of an open board only. A bot's score is shown as it is, whatever the board counts by: it may fall (10 §6.1). */
const saveEntries = statement(
  'roster-save-entries',
  `insert into board_entry as entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
   select $1, participant_id, 'bot', score, to_timestamp(achieved_at_ms / 1000), false, 1
     from unnest($2::uuid[], $3::float8[], $4::float8[]) as given (participant_id, score, achieved_at_ms)
    order by participant_id
   on conflict (leaderboard_id, participant_id) do update
      set score = excluded.score, achieved_at = excluded.achieved_at, revision = entry.revision + 1
    where entry.removed_at is null
   returning participant_id as "participantId", score,
             (extract(epoch from achieved_at) * 1000)::float8 as "achievedAtMs", revision`,
);
const removeEntries = statement(
  'roster-remove-entries',
  `delete from board_entry where leaderboard_id = $1 and participant_id = any($2::uuid[]) and removed_at is null
   returning participant_id as "participantId", revision + 1 as revision`,
);
/** The rise of the counts of all attempts; a repeated or late fact adds nothing. Under the roster's lock. */
const countWrites = statement(
  'roster-count-writes',
  `with given as (select * from unnest($2::uuid[], $3::int[]) as given (attempt_id, revision)),
   known as (select attempt_id, revision from counted_writes
              where leaderboard_id = $1 and attempt_id in (select attempt_id from given)),
   counted as (
     insert into counted_writes as counted (leaderboard_id, attempt_id, revision)
     select $1, attempt_id, revision from given
     on conflict (leaderboard_id, attempt_id) do update set revision = greatest(counted.revision, excluded.revision))
   select coalesce(sum(greatest(given.revision - coalesce(known.revision, 0), 0)), 0)::int as added
     from given left join known using (attempt_id)`,
);

/** What the rank index has to follow. */
export interface SavedEntries {
  rows: EntryRow[];
  gone: GoneRow[];
}

/** Bots of boards with their states. */
@Injectable()
export class RostersStore {
  constructor(private readonly database: Database) {}

  /** False when the board has its bots already. */
  async insert(tx: Tx, { leaderboardId, countsTicks, bots }: Roster): Promise<boolean> {
    const inserted = await tx.query(insertRoster, [leaderboardId, countsTicks]);
    if (inserted.length === 0) return false;
    await tx.query(insertBots, [
      leaderboardId,
      bots.map(({ slot }) => slot),
      bots.map(({ botId }) => botId),
      bots.map(({ botKey }) => botKey),
      bots.map(({ botVersion }) => botVersion),
      bots.map(({ participantId }) => participantId),
      bots.map(({ seed }) => seed),
      bots.map(({ name }) => name),
      bots.map(({ avatar }) => avatar),
      bots.map(({ behavior }) => JSON.stringify(behavior)),
      bots.map(({ state }) => JSON.stringify(state)),
    ]);
    return true;
  }

  async head(leaderboardId: string): Promise<RosterRow | null> {
    const [row] = await this.database.query<RosterRow>(selectRoster, [leaderboardId]);
    return row ?? null;
  }

  /** Null when the board has no bots, or when somebody else holds them and `wait` is false. */
  async lock(tx: Tx, leaderboardId: string, { wait }: { wait: boolean }): Promise<RosterRow | null> {
    const [row] = await tx.query<RosterRow>(wait ? lockRoster : tryRoster, [leaderboardId]);
    return row ?? null;
  }

  /** Names alone, for boards whose bots nobody advances any more. */
  identities(leaderboardId: string): Promise<{ participantId: string; name: string; avatar: string | null }[]> {
    return this.database.query(selectIdentities, [leaderboardId]);
  }

  async bots(leaderboardId: string, tx: Tx = this.database): Promise<RosterBot[]> {
    return tx.query<BotRow>(selectBots, [leaderboardId]);
  }

  /** Writes not counted yet. The roster must be locked. */
  async countWrites(tx: Tx, leaderboardId: string, writes: ReadonlyMap<string, number>): Promise<number> {
    const [row] = await tx.query<{ added: number }>(countWrites, [
      leaderboardId,
      [...writes.keys()],
      [...writes.values()],
    ]);
    return row?.added ?? 0;
  }

  /** Saves what has changed of a locked roster. */
  async save(
    tx: Tx,
    roster: Roster,
    changed: readonly RosterBot[],
    moved: readonly RosterBot[],
  ): Promise<SavedEntries> {
    const { leaderboardId, lastStep, ticks } = roster;
    await tx.query(saveRoster, [leaderboardId, lastStep, ticks]);
    if (changed.length > 0) {
      const states = changed.map(({ state }) => JSON.stringify(state));
      await tx.query(saveStates, [leaderboardId, changed.map(({ slot }) => slot), states]);
    }
    const left = changed.filter(({ state }) => !isOnBoard(state)).map(({ participantId }) => participantId);
    const gone = left.length > 0 ? await tx.query<GoneRow>(removeEntries, [leaderboardId, left]) : [];
    return { rows: await this.saveEntries(tx, leaderboardId, moved), gone };
  }

  async saveEntries(tx: Tx, leaderboardId: string, bots: readonly RosterBot[]): Promise<EntryRow[]> {
    const shown = bots.filter(({ state }) => isOnBoard(state));
    if (shown.length === 0) return [];
    const rows = await tx.query<Pick<EntryRow, 'participantId' | 'score' | 'achievedAtMs' | 'revision'>>(saveEntries, [
      leaderboardId,
      shown.map(({ participantId }) => participantId),
      shown.map(({ state }) => state.score),
      shown.map(({ state }) => state.achievedAtMs),
    ]);
    return rows.map((row) => ({ ...row, leaderboardId, kind: 'bot', joinedOnly: false }));
  }
}
