import { Injectable } from '@nestjs/common';
import type { SubmitScore, SubmittedScore } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { IdempotencyStore } from '@kraty/platform/idempotency';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Definition } from '../definitions/definition.js';
import { GameSettings } from '../game-settings/game-settings.service.js';
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
  ) {}

  /** Errors, in this order: `not_found`, `client_scoring_disabled`, `score_not_supported`, `validation_failed`. */
  async submit(call: SubmitScore): Promise<Submission> {
    const definition = await this.boards.definitionOf(call.scope, call.key);
    await this.refuseClients(definition, call);
    if (definition.economyKey !== null) {
      throw fail('score_not_supported', 'the board ranks by a progression', { key: definition.key });
    }
    const place = await this.placement.place(definition, call);
    const { submission, rows } = await this.database.transaction((tx) => this.write(tx, definition, call, place));
    await this.ranks.applyAll(rows);
    return submission;
  }

  private async refuseClients(definition: Definition, { surface, scope }: SubmitScore): Promise<void> {
    if (surface === 'server') return;
    const accepts = definition.acceptClientScores ?? (await this.settings.acceptClientScores(scope.gameId));
    if (accepts) return;
    throw fail('client_scoring_disabled', 'the board takes scores from servers only', { key: definition.key });
  }

  private async write(
    tx: Tx,
    definition: Definition,
    call: SubmitScore,
    place: Place,
  ): Promise<{ submission: Submission; rows: EntryRow[] }> {
    const recorded = await this.idempotency.begin(tx, call.scope, call.idempotency);
    if (recorded) return { submission: { reply: recorded.reply, replayed: true }, rows: [] };
    const rows = await this.count(tx, call, place);
    const { leaderboardId } = place.board;
    const { playerId } = call.player;
    const standing = (await this.scores.ranks(leaderboardId, [playerId], tx)).get(playerId);
    const answer: SubmittedScore = {
      leaderboardId: definition.leaderboardId,
      score: standing?.score ?? call.value,
      rank: standing?.rank ?? null,
    };
    const reply = JSON.stringify(answer);
    await this.idempotency.record(tx, call.scope, call.idempotency, { status: 200, reply });
    return { submission: { reply, replayed: false }, rows };
  }

  private async count(tx: Tx, call: SubmitScore, { board, atMs }: Place): Promise<EntryRow[]> {
    const { leaderboardId, scoreAggregation: aggregation } = board;
    const { playerId } = call.player;
    if (aggregation === 'best') {
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
