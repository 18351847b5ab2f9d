import { Injectable } from '@nestjs/common';
import { uuidV7 } from '@kraty/platform/ids';
import { Redis } from '@kraty/platform/redis';
import type { EntryRow } from '../scores/scores.store.js';
import { memberOf, participantOf, type Held } from './member.js';
import { RedisLife } from './redis-life.js';
import { Script } from './script.js';
import { adoptScript, applyScript, beginScript, heldScript, holdScript, placesScript, readScript } from './scripts.js';

/** How long a board counts as watched after somebody said so. */
export const watchedSeconds = 60;
/** How long the index of a frozen board stays, for readers that are on their way. */
const frozenLifetimeSeconds = 3_600;
/** A half-built index that nobody finished disappears after this time. */
const temporaryLifetimeSeconds = 300;
/** A builder says so with every page it has read; one that is silent for longer than a statement may take has died. */
const buildLeaseSeconds = 20;

const apply = new Script(applyScript);
const begin = new Script(beginScript);
const hold = new Script(holdScript);
const adopt = new Script(adoptScript);
const read = new Script(readScript);
const held = new Script(heldScript);
const places = new Script(placesScript);

export interface RankedRow {
  participantId: string;
  score: number;
  /** Of a frozen board, where one may be missing; else the rows are counted. */
  rank?: number;
}

export interface RankRead {
  version: string;
  /** `place` = how many rows there are down to the own one, where that is not the rank. */
  self: { rank: number; score: number; place?: number } | null;
  /** Rows from the top, as many as were asked for. */
  rows: RankedRow[];
}

/** A participant whose row has gone from the board, with a revision above all that the row has had. */
export interface GoneRow {
  participantId: string;
  revision: number;
}

/** Where some participants stand among all. */
export interface Places {
  participantCount: number;
  /** By participant; who does not stand there is missing. */
  ranks: ReadonlyMap<string, number>;
}

export interface RankUpdate {
  /** False: the index is not complete, the rows wait for its builder. */
  complete: boolean;
  /** Somebody streams the board. */
  watched: boolean;
  /** Rank and score of each participant asked for, when the board is watched. */
  standings: ({ rank: number; score: number } | null)[] | null;
}

/** What became of the wish to build: this build may go on, the index is complete by now, or somebody else builds it. */
export type BuildStart = { build: string } | 'built' | 'busy';

/** The rank index in Redis: it follows the rows of PostgreSQL and can be rebuilt from them at any time (06 §7). */
@Injectable()
export class RanksStore {
  private readonly life: RedisLife;

  constructor(private readonly redis: Redis) {
    this.life = new RedisLife(redis);
  }

  /**
   * Puts committed rows of one board into the index and takes out those `gone`; `watchedIds` are ranked for the stream if
   * anybody watches.
   */
  async apply(
    leaderboardId: string,
    rows: readonly EntryRow[],
    watchedIds: readonly string[],
    gone: readonly GoneRow[] = [],
  ): Promise<RankUpdate> {
    const { z, m, v, ok, late, watched } = keysOf(leaderboardId);
    const parameters = [await this.life.name(), String(rows.length + gone.length)];
    for (const row of rows) {
      const member = memberOf(row.participantId, row.achievedAtMs);
      parameters.push(row.participantId, String(row.revision), String(row.score), member);
    }
    for (const { participantId, revision } of gone) parameters.push(participantId, String(revision), '', '');
    parameters.push(...watchedIds);
    const [complete, isWatched, ranks] = (await apply.run(this.redis, [z, m, v, ok, late, watched], parameters)) as [
      number,
      number,
      (number | string)[]?,
    ];
    return { complete: complete === 1, watched: isWatched === 1, standings: ranks ? pairs(ranks) : null };
  }

  /** Null when the index is not complete. `limit` 0 = no rows. */
  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead | null> {
    const { z, m, v, ok } = keysOf(leaderboardId);
    const parameters = [await this.life.name(), participantId ?? '', String(limit)];
    const answer = (await read.run(this.redis, [z, m, v, ok], parameters)) as
      [0] | [1, string, number, string, string[]];
    if (answer[0] === 0) return null;
    const [, version, rank, score, flat] = answer;
    const rows: RankedRow[] = [];
    for (let at = 0; at < flat.length; at += 2) {
      rows.push({ participantId: participantOf(flat[at]!), score: Number(flat[at + 1]) });
    }
    return { version, self: rank < 0 ? null : { rank: rank + 1, score: Number(score) }, rows };
  }

  /** Begins a new index; read its rows only after this. A build bears the name of the life it began in. */
  async begin(leaderboardId: string): Promise<BuildStart> {
    const life = await this.life.name();
    const build = `${life}:${uuidV7()}`;
    const { ok, building } = keysOf(leaderboardId);
    const parameters = [life, build, String(buildLeaseSeconds)];
    const answer = (await begin.run(this.redis, [ok, building], parameters)) as 'begun' | 'built' | 'busy';
    return answer === 'begun' ? { build } : answer;
  }

  /** Rows of a new index gather apart until `adopt`; false when another build has taken its place. */
  async gather(leaderboardId: string, build: string, rows: readonly EntryRow[]): Promise<boolean> {
    const { building } = keysOf(leaderboardId);
    if ((await hold.run(this.redis, [building], [build, String(buildLeaseSeconds)])) !== 1) return false;
    if (rows.length === 0) return true;
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
    return true;
  }

  /**
   * Swaps the gathered index in, with everything that was written meanwhile; false when another build will. It is
   * complete for the life its build began in only: a server that was started anew on the way, or took over, may know the
   * build and lack a part of what was gathered.
   */
  async adopt(leaderboardId: string, build: string): Promise<boolean> {
    const { z, m, v, ok, late, building } = keysOf(leaderboardId);
    const { temporaryZ, temporaryM } = temporaryKeysOf(leaderboardId, build);
    const parameters = [build.slice(0, build.indexOf(':')), build];
    return (await adopt.run(this.redis, [z, m, v, ok, late, building, temporaryZ, temporaryM], parameters)) === 1;
  }

  /** The index lacks something: whoever needs it next builds it, and a build under way, which may lack it too, is lost. */
  async discard(leaderboardId: string): Promise<void> {
    const { ok, building } = keysOf(leaderboardId);
    await this.redis.del(ok, building);
  }

  /** What the index holds of participants, in their order; null when it is not complete. */
  async held(leaderboardId: string, participantIds: readonly string[]): Promise<Held[] | null> {
    if (participantIds.length === 0) return (await this.size(leaderboardId)) === null ? null : [];
    const { z, m, ok } = keysOf(leaderboardId);
    const answer = (await held.run(this.redis, [z, m, ok], [await this.life.name(), ...participantIds])) as
      [0] | [1, (string | null)[], (string | null)[]];
    if (answer[0] === 0) return null;
    const [, places, scores] = answer;
    return places.map((place, at) => heldOf(place, scores[at] ?? null));
  }

  /** Null when the index is not complete. */
  async places(leaderboardId: string, participantIds: readonly string[]): Promise<Places | null> {
    const { z, m, ok } = keysOf(leaderboardId);
    const answer = (await places.run(this.redis, [z, m, ok], [await this.life.name(), ...participantIds])) as
      [0] | [1, number, number[]];
    if (answer[0] === 0) return null;
    const [, participantCount, ranks] = answer;
    const standing = participantIds.flatMap((id, at) => (ranks[at]! < 0 ? [] : [[id, ranks[at]! + 1] as const]));
    return { participantCount, ranks: new Map(standing) };
  }

  /** Scores at places counted from the top, 1 first; of a place that nobody holds there is none. */
  async scoresAt(leaderboardId: string, ranks: readonly number[]): Promise<(number | null)[]> {
    const { z } = keysOf(leaderboardId);
    const found = await Promise.all(ranks.map((rank) => this.redis.zrevrange(z, rank - 1, rank - 1, 'WITHSCORES')));
    return found.map(([, score]) => (score === undefined ? null : Number(score)));
  }

  /** Participants in the index; null when it is not complete. */
  async size(leaderboardId: string): Promise<number | null> {
    const { z, ok } = keysOf(leaderboardId);
    const [life, complete, size] = await Promise.all([this.life.name(), this.redis.get(ok), this.redis.zcard(z)]);
    return complete === life ? size : null;
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

function heldOf(place: string | null, score: string | null): Held {
  if (place === null) return null;
  const bar = place.indexOf('|');
  const [revision, member] = [Number(place.slice(0, bar)), place.slice(bar + 1)];
  return { revision, member, score: score === null ? null : Number(score) };
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
