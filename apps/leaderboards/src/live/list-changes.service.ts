import { Injectable, type OnModuleInit } from '@nestjs/common';
import { listStreamSubject, type ChangeCause, type ListFinalized, type ListFrame } from '@kraty/contracts/leaderboards';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { BotIdentities } from '../bots/bot-identities.service.js';
import { Profiles } from '../profiles/profiles.service.js';
import { groupByBoard, Ranks } from '../ranks/ranks.service.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { WatchedLists } from './watched-lists.js';

/** Heard by all processes of this service: an operator watches a list. */
const watchedSubject = 'kraty.stream.leaderboards.watched';
/** Frames of one message of the bus. */
const framesAMessageMax = 500;

/** A row that was written. */
export type RowChange = Pick<EntryRow, 'leaderboardId' | 'participantId' | 'kind' | 'score'> & { atMs: number };

/** An accepted write with a list it counts on. */
interface PlacedWrite {
  write: { playerId: string; writtenAtMs: number };
  board: { leaderboardId: string };
}

/** Tells operators who watch a list what changes on it (04 §13.2). Where nobody watches it costs a look into a map. */
@Injectable()
export class ListChanges implements OnModuleInit {
  private readonly watched = new WatchedLists();

  constructor(
    private readonly boards: BoardsStore,
    private readonly ranks: Ranks,
    private readonly scores: ScoresStore,
    private readonly profiles: Profiles,
    private readonly botIdentities: BotIdentities,
    private readonly messenger: Messenger,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.messenger.listen(watchedSubject, ({ listId }: { listId: string }) => this.watched.note(listId, monotonicMs()));
  }

  /** An operator streams the list: from the answer on every process tells what it writes there. */
  watch(listId: string): void {
    this.watched.note(listId, monotonicMs());
    this.messenger.broadcast(watchedSubject, { listId });
  }

  /** Once the rows are committed and the index has them. A failure is nobody's but the stream's. */
  async tell(cause: ChangeCause, changes: readonly RowChange[]): Promise<void> {
    if (this.watched.isEmpty) return;
    const nowMs = monotonicMs();
    const told = changes.filter(({ leaderboardId }) => this.watched.has(leaderboardId, nowMs));
    for (const [listId, ofList] of groupByBoard(told)) {
      try {
        this.broadcast(listId, await this.framesOf(listId, cause, ofList));
      } catch (error) {
        this.logger.warn({ err: error, listId }, 'operators were not told of changes of a list');
      }
    }
  }

  /** What attempts have reached, write by write, whether or not it moved the board. */
  async tellWrites(writes: readonly PlacedWrite[], rows: readonly EntryRow[]): Promise<void> {
    if (this.watched.isEmpty) return;
    const scores = new Map(rows.map((row) => [`${row.leaderboardId} ${row.participantId}`, row.score]));
    const changes = writes.flatMap(({ write, board: { leaderboardId } }): RowChange[] => {
      const { playerId: participantId, writtenAtMs: atMs } = write;
      const score = scores.get(`${leaderboardId} ${participantId}`);
      return score === undefined ? [] : [{ leaderboardId, participantId, kind: 'player', score, atMs }];
    });
    await this.tell('progress', changes);
  }

  /** Rows as they came from the database; who has only joined has no score to tell. */
  async tellRows(cause: ChangeCause, rows: readonly EntryRow[]): Promise<void> {
    if (this.watched.isEmpty) return;
    const scored = rows.filter(({ joinedOnly }) => !joinedOnly);
    await this.tell(
      cause,
      scored.map((row) => ({ ...row, atMs: row.achievedAtMs })),
    );
  }

  /** Whether or not this process knows that somebody watches. */
  tellEnd(listId: string, data: ListFinalized): void {
    this.broadcast(listId, [{ event: 'finalized', data }]);
  }

  private broadcast(listId: string, frames: readonly ListFrame[]): void {
    for (let from = 0; from < frames.length; from += framesAMessageMax) {
      this.messenger.broadcast(listStreamSubject(listId), frames.slice(from, from + framesAMessageMax));
    }
  }

  private async framesOf(listId: string, cause: ChangeCause, changes: readonly RowChange[]): Promise<ListFrame[]> {
    const board = await this.boards.find(listId);
    if (!board || board.finalizedAt) return [];
    const ranks = await this.ranksOf(listId, [...new Set(changes.map(({ participantId }) => participantId))]);
    const names = await this.namesOf(board, changes);
    return changes.flatMap(({ participantId, kind, score, atMs }): ListFrame[] => {
      const rank = ranks.get(participantId);
      // Taken off the list meanwhile.
      if (rank === undefined) return [];
      const [name, at] = [names.get(participantId) ?? null, new Date(atMs).toISOString()];
      return [{ event: 'score_update', data: { participantId, kind, name, score, rank, at, cause } }];
    });
  }

  private async ranksOf(listId: string, participantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const places = await this.ranks.places(listId, participantIds);
    if (places) return places.ranks;
    const ranks = await this.scores.ranks(listId, participantIds);
    return new Map([...ranks].map(([participantId, { rank }]) => [participantId, rank]));
  }

  private async namesOf(
    { scope, leaderboardId }: Board,
    changes: readonly RowChange[],
  ): Promise<ReadonlyMap<string, string | null>> {
    const players = new Set(changes.filter(({ kind }) => kind === 'player').map((change) => change.participantId));
    const profiles = await this.profiles.find(scope, [...players]);
    const names = new Map<string, string | null>();
    for (const [id, profile] of profiles) names.set(id, profile?.displayName ?? profile?.anonymizedName ?? null);
    if (changes.every(({ kind }) => kind === 'player')) return names;
    for (const [id, { name }] of await this.botIdentities.of(leaderboardId)) names.set(id, name);
    return names;
  }
}

function monotonicMs(): number {
  return performance.now();
}
