import { Injectable } from '@nestjs/common';
import { uuidV7 } from '@kraty/platform/ids';
import { Redis } from '@kraty/platform/redis';
import type { EntryRow } from '../scores/scores.store.js';
import { memberOf, participantOf } from './member.js';
import { Script } from './script.js';
import { adoptScript, applyScript, beginScript, readScript } from './scripts.js';

/** How long a board counts as watched after somebody said so. */
const watchedSeconds = 60;
/** How long the index of a frozen board stays, for readers that are on their way. */
const frozenLifetimeSeconds = 3_600;
/** A half-built index that nobody finished disappears after this time. */
const temporaryLifetimeSeconds = 300;

const apply = new Script(applyScript);
const begin = new Script(beginScript);
const adopt = new Script(adoptScript);
const read = new Script(readScript);

export interface RankedRow {
  participantId: string;
  score: number;
}

export interface RankRead {
  version: string;
  self: { rank: number; score: number } | null;
  /** Rows from the top, as many as were asked for. */
  rows: RankedRow[];
}

export interface RankUpdate {
  /** False: the index is not complete, the rows wait for its builder. */
  complete: boolean;
  /** Rank and score of each participant asked for, when the board is watched. */
  standings: ({ rank: number; score: number } | null)[] | null;
}

/** The rank index in Redis: it follows the rows of PostgreSQL and can be rebuilt from them at any time (06 §7). */
@Injectable()
export class RanksStore {
  constructor(private readonly redis: Redis) {}

  /** Puts committed rows of one board into the index; `watchedIds` are ranked for the stream if anybody watches. */
  async apply(leaderboardId: string, rows: readonly EntryRow[], watchedIds: readonly string[]): Promise<RankUpdate> {
    const { z, m, v, ok, late, watched } = keysOf(leaderboardId);
    const parameters = [String(rows.length)];
    for (const row of rows) {
      const member = memberOf(row.participantId, row.achievedAtMs);
      parameters.push(row.participantId, String(row.revision), String(row.score), member);
    }
    parameters.push(...watchedIds);
    const answer = (await apply.run(this.redis, [z, m, v, ok, late, watched], parameters)) as [
      number,
      (number | string)[] | null,
    ];
    return { complete: answer[0] === 1, standings: answer[1] ? pairs(answer[1]) : null };
  }

  /** Null when the index is not complete. `limit` 0 = no rows. */
  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead | null> {
    const { z, m, v, ok } = keysOf(leaderboardId);
    const answer = (await read.run(this.redis, [z, m, v, ok], [participantId ?? '', String(limit)])) as
      [0] | [1, string, number, string, string[]];
    if (answer[0] === 0) return null;
    const [, version, rank, score, flat] = answer;
    const rows: RankedRow[] = [];
    for (let at = 0; at < flat.length; at += 2) {
      rows.push({ participantId: participantOf(flat[at]!), score: Number(flat[at + 1]) });
    }
    return { version, self: rank < 0 ? null : { rank: rank + 1, score: Number(score) }, rows };
  }

  /** Begins a new index and names it; read the rows only after this. */
  async begin(leaderboardId: string): Promise<string> {
    const build = uuidV7();
    const { ok, building } = keysOf(leaderboardId);
    await begin.run(this.redis, [ok, building], [build, String(temporaryLifetimeSeconds)]);
    return build;
  }

  /** Rows of a new index gather apart until `adopt`. */
  async gather(leaderboardId: string, build: string, rows: readonly EntryRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { temporaryZ, temporaryM } = temporaryKeysOf(leaderboardId, build);
    const members: (string | number)[] = [];
    const revisions: string[] = [];
    for (const row of rows) {
      const member = memberOf(row.participantId, row.achievedAtMs);
      members.push(row.score, member);
      revisions.push(row.participantId, `${row.revision}|${member}`);
    }
    await Promise.all([
      this.redis.zadd(temporaryZ, ...members),
      this.redis.hset(temporaryM, ...revisions),
      this.redis.expire(temporaryZ, temporaryLifetimeSeconds),
      this.redis.expire(temporaryM, temporaryLifetimeSeconds),
    ]);
  }

  /** Swaps the gathered index in, with everything that was written meanwhile; false when a later build will. */
  async adopt(leaderboardId: string, build: string): Promise<boolean> {
    const { z, m, v, ok, late, building } = keysOf(leaderboardId);
    const { temporaryZ, temporaryM } = temporaryKeysOf(leaderboardId, build);
    return (await adopt.run(this.redis, [z, m, v, ok, late, building, temporaryZ, temporaryM], [build])) === 1;
  }

  /** Somebody streams this board: writes are ranked for it from now on. */
  async watch(leaderboardId: string): Promise<void> {
    await this.redis.set(keysOf(leaderboardId).watched, '1', 'EX', watchedSeconds);
  }

  /** The board is frozen: its index goes after a while. */
  async retire(leaderboardId: string): Promise<void> {
    const { z, m, v, ok, late, watched } = keysOf(leaderboardId);
    await Promise.all([z, m, v, ok, late, watched].map((key) => this.redis.expire(key, frozenLifetimeSeconds)));
  }
}

function keysOf(leaderboardId: string) {
  const board = `lb:{${leaderboardId}}`;
  return {
    z: board,
    m: `${board}:m`,
    v: `${board}:v`,
    ok: `${board}:ok`,
    late: `${board}:late`,
    building: `${board}:building`,
    watched: `${board}:watched`,
  };
}

function temporaryKeysOf(leaderboardId: string, build: string) {
  const board = `lb:{${leaderboardId}}:build:${build}`;
  return { temporaryZ: `${board}:z`, temporaryM: `${board}:m` };
}

function pairs(flat: (number | string)[]): ({ rank: number; score: number } | null)[] {
  const standings: ({ rank: number; score: number } | null)[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const rank = Number(flat[at]);
    standings.push(rank < 0 ? null : { rank: rank + 1, score: Number(flat[at + 1]) });
  }
  return standings;
}
