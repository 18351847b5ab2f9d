import { Injectable } from '@nestjs/common';
import type { SubmitScore, SubmittedScore } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Definition } from '../definitions/definition.js';
import { GameSettings } from '../game-settings/game-settings.service.js';
import { ListChanges } from '../live/list-changes.service.js';
import { MergedPlayers } from '../merges/merged-players.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { DefinedBoards } from '../reads/defined-boards.service.js';
import { Contributions } from '../scores/contributions.service.js';
import type { Tally } from '../scores/contribution.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { Placement, type Place } from './placement.service.js';

export interface Submission {
  /** JSON of the reply's body. */
  reply: string;
  replayed: boolean;
}

/** What is known when the score is committed; the list is left out when the rank comes in its place. */
interface UnrankedScore extends Omit<SubmittedScore, 'rank'> {
  listId?: string;
}

interface Write {
  /** Reply as it is on record. */
  recorded: string;
  rows: EntryRow[];
  replayed: boolean;
}

/** Scores that are not an event's (06 §13). */
@Injectable()
export class DirectScores {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyStore,
    private readonly boards: DefinedBoards,
    private readonly settings: GameSettings,
    private readonly placement: Placement,
    private readonly contributions: Contributions,
    private readonly scores: ScoresStore,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly players: MergedPlayers,
    private readonly logger: Logger,
  ) {}

  /** Errors, in this order: `not_found`, `client_scoring_disabled`, `score_not_supported`, `validation_failed`. */
  async submit(call: SubmitScore): Promise<Submission> {
    const definition = await this.boards.definitionOf(call.scope, call.key);
    await this.refuseClients(definition, call);
    if (definition.economyKey !== null) {
      throw fail('score_not_supported', 'the board ranks by a progression', { key: definition.key });
    }
    const place = await this.placement.place(definition, call);
    const { recorded, rows, replayed } = await this.database.transaction((tx) =>
      this.write(tx, definition, call, place),
    );
    await this.ranks.applyAll(rows);
    await this.changes.tellRows('score', rows);
    return { reply: await this.whole(call, recorded), replayed };
  }

  private async refuseClients(definition: Definition, { surface, scope }: SubmitScore): Promise<void> {
    if (surface === 'server') return;
    const accepts = definition.acceptClientScores ?? (await this.settings.acceptClientScores(scope.gameId));
    if (accepts) return;
    throw fail('client_scoring_disabled', 'the board takes scores from servers only', { key: definition.key });
  }

  /** All but the rank: to know that takes long where the index is away, and nobody is to wait for it at the rows' locks. */
  private async write(tx: Tx, definition: Definition, call: SubmitScore, place: Place): Promise<Write> {
    const known = await this.idempotency.begin(tx, call.scope, call.idempotency);
    if (known) return { recorded: known.reply, rows: [], replayed: true };
    const rows = await this.count(tx, call, place);
    const listId = place.board.leaderboardId;
    const own = rows.find((row) => row.leaderboardId === listId && row.participantId === call.player.playerId);
    const unranked: UnrankedScore = {
      leaderboardId: definition.leaderboardId,
      score: own?.score ?? call.value,
      listId,
    };
    const recorded = JSON.stringify(unranked);
    await this.idempotency.record(tx, call.scope, call.idempotency, { status: 200, reply: recorded });
    return { recorded, rows, replayed: false };
  }

  /** The reply with its rank; a repeat gets the one of the first call, or completes what that could not. */
  private async whole({ scope, player, idempotency }: SubmitScore, recorded: string): Promise<string> {
    const { listId, ...answer } = JSON.parse(recorded) as UnrankedScore;
    if (listId === undefined) return recorded;
    const whole: SubmittedScore = { ...answer, rank: await this.rankOf(listId, player.playerId) };
    return this.idempotency.complete(this.database, scope, idempotency, { recorded, whole: JSON.stringify(whole) });
  }

  /** Null while neither index nor rows can tell, and for a player whom an operator has taken off the list. */
  private async rankOf(listId: string, playerId: string): Promise<number | null> {
    try {
      const read = (await this.ranks.read(listId, playerId, 0)) ?? (await this.ranks.fromRows(listId, playerId, 0));
      return read.self?.rank ?? null;
    } catch (error) {
      this.logger.warn({ err: error, listId }, 'a score was written and its rank cannot be told');
      return null;
    }
  }

  private async count(tx: Tx, call: SubmitScore, { board, atMs }: Place): Promise<EntryRow[]> {
    const { leaderboardId, scoreAggregation: aggregation } = board;
    const { playerId } = call.player;
    if (aggregation === 'best') {
      await this.players.lock(tx, [playerId]);
      const standing = { leaderboardId, participantId: playerId, score: call.value, achievedAtMs: atMs };
      return this.scores.apply([{ ...standing, joinedOnly: false, attemptId: null }], tx);
    }
    return this.contributions.within(tx, [{ leaderboardId, playerId, aggregation }], [playerId], (tally, open) => {
      if (open.has(leaderboardId)) add(tally, call, { board, atMs });
    });
  }
}

function add(tally: Tally, { player, value }: SubmitScore, { board, atMs }: Pick<Place, 'board' | 'atMs'>): void {
  const { leaderboardId, scoreAggregation, definitionId, opensAt } = board;
  const { playerId } = player;
  if (scoreAggregation === 'sum') return tally.addDirectly(leaderboardId, playerId, value, atMs);
  tally.apply({
    leaderboardId,
    sourceId: playerId,
    playerId,
    revision: tally.nextRevision(leaderboardId, playerId),
    score: value,
    scoreAtMs: null,
    writtenAtMs: atMs,
    definitionId,
    periodStartMs: opensAt.getTime(),
  });
}
