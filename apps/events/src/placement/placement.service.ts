import { Injectable } from '@nestjs/common';
import type { Environment, Scope } from '@kraty/contracts/common';
import { eventLimits } from '@kraty/contracts/events';
import type { Segmentation } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { isTransient } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { FactNeeds, PlayerFacts } from '../conditions/player-facts.js';
import type { Grouping } from '../definitions/board-rules.js';
import type { EventDefinition } from '../definitions/event-definition.js';
import { boardOpenedFact } from '../windows/window.facts.js';
import { boardOf, hasSharedBoard, type BoardEvent } from './board.js';
import { BoardsStore } from './boards.store.js';
import { cohortOf, fallbackOf } from './groups.js';
import { noLeaderboard, noSegment, WindowFull, WindowGone } from './placement-refusals.js';
import { Seats } from './seats.service.js';
import { SeatsStore } from './seats.store.js';
import { isOpenEnded, needsOfSegment, segmentOf } from './segment.js';

/** Who is to be placed, and where. */
export interface PlacementCall {
  scope: Scope;
  playerId: string;
  event: BoardEvent;
  eventWindowId: string;
  /** By the revision the window has pinned. */
  definition: EventDefinition;
  /** The board everybody shares, when it has been opened. */
  sharedBoardId: string | null;
  /** The player's board of an earlier start in this window. */
  seatBoardId: string | null;
}

export interface Place {
  leaderboardId: string;
  /** The seat is to be kept with the attempt: decided now, and not yet written. */
  isNew: boolean;
}

/** Boards of segments never change once made. */
const keptBoardsMax = 10_000;

/** The board of a player in a window, decided at the first start (05 §6.1). */
@Injectable()
export class Placement {
  private readonly kept = new Map<string, string>();
  /** Windows that take no further segment of a context. */
  private readonly full = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly boards: BoardsStore,
    private readonly seatsStore: SeatsStore,
    private readonly seats: Seats,
  ) {}

  /** Adds what must be known before the player can be placed. */
  needs({ board }: EventDefinition, needs: FactNeeds): void {
    if (board.segmentation !== null) needsOfSegment(board.segmentation, needs);
  }

  /** @throws no_leaderboard (503); validation_failed when no segment can be told; WindowGone */
  async place(call: PlacementCall, facts: PlayerFacts): Promise<Place> {
    const known = hasSharedBoard(call.definition) ? call.sharedBoardId : call.seatBoardId;
    if (known !== null) return { leaderboardId: known, isNew: false };
    try {
      return await this.placeAnew(call, facts);
    } catch (error) {
      throw isTransient(error) ? noLeaderboard(error) : error;
    }
  }

  private async placeAnew(call: PlacementCall, facts: PlayerFacts): Promise<Place> {
    const { board } = call.definition;
    if (hasSharedBoard(call.definition)) return { leaderboardId: await this.boardOfShard(call, ''), isNew: false };
    if (board.grouping !== null) {
      return { leaderboardId: await this.seatOf(call, board.grouping, facts), isNew: false };
    }
    if (board.segmentation === null) throw noLeaderboard();
    return { leaderboardId: await this.boardOfSegment(call, board.segmentation, facts), isNew: true };
  }

  /** The same for cohorts. */
  private async seatOf(call: PlacementCall, grouping: Grouping, facts: PlayerFacts): Promise<string> {
    const shard = cohortOf(grouping, facts);
    const fallback = fallbackOf(grouping);
    if (shard === fallback) return this.seats.take({ ...call, shard, shardsMax: Infinity });
    try {
      return await this.seats.take({ ...call, shard, shardsMax: eventLimits.shardsOfContextMax });
    } catch (error) {
      if (!(error instanceof WindowFull)) throw error;
      return this.seats.take({ ...call, shard: fallback, shardsMax: Infinity });
    }
  }

  /** A segment that contexts may name no more is as good as none: the player gets the fallback, or is refused. */
  private async boardOfSegment(call: PlacementCall, segmentation: Segmentation, facts: PlayerFacts): Promise<string> {
    const segment = segmentOf(segmentation, facts);
    if (segment === null) throw noSegment();
    const shardsMax = isOpenEnded(segmentation) ? eventLimits.shardsOfContextMax : Infinity;
    try {
      return await this.boardOfShard(call, segment, shardsMax);
    } catch (error) {
      if (!(error instanceof WindowFull)) throw error;
    }
    const fallback = segmentOf(segmentation, facts, true);
    if (fallback === null) throw noSegment();
    return this.boardOfShard(call, fallback);
  }

  /** Opened by whoever needs it first. @throws WindowFull */
  private async boardOfShard(call: PlacementCall, shard: string, shardsMax = Infinity): Promise<string> {
    const place = { eventWindowId: call.eventWindowId, environment: call.scope.environment, shard };
    const id = JSON.stringify(place);
    const known = this.kept.get(id) ?? (await this.boards.ofShard(this.database, place));
    if (known === null && shardsMax < Infinity && this.full.has(shardless(place))) throw new WindowFull();
    const leaderboardId = known ?? (await this.openBoard(call, shard, shardsMax));
    if (this.kept.size >= keptBoardsMax) this.kept.clear();
    this.kept.set(id, leaderboardId);
    return leaderboardId;
  }

  private async openBoard(call: PlacementCall, shard: string, shardsMax: number): Promise<string> {
    const { leaderboardId, staged } = await this.database.transaction((tx) => this.open(tx, call, shard, shardsMax));
    await this.outbox.carry(staged);
    return leaderboardId;
  }

  private async open(
    tx: Tx,
    { scope, event, eventWindowId, definition }: PlacementCall,
    shard: string,
    shardsMax: number,
  ): Promise<{ leaderboardId: string; staged: Staged }> {
    await this.seatsStore.limitWait(tx);
    const window = await this.seatsStore.holdWindow(tx, eventWindowId, this.clock.now());
    if (window === null) throw new WindowGone();
    const place = { eventWindowId, environment: scope.environment, shard, ordinal: 0 };
    if (shardsMax < Infinity) await this.refuseOneTooMany(tx, place, shardsMax);
    const board = boardOf(event, place, definition, uuidV7());
    const made = await this.boards.insert(tx, [board]);
    // A second statement sees what the first one has waited for.
    const leaderboardId = made.has(board.leaderboardId) ? board.leaderboardId : await this.boards.ofShard(tx, place);
    if (leaderboardId === null) throw noLeaderboard();
    const facts = made.size === 0 ? [] : [boardOpenedFact(board, window, definition)];
    return { leaderboardId, staged: await this.outbox.stage(tx, facts) };
  }

  /** Boards stay, so a window that is full once is full for good. */
  private async refuseOneTooMany(tx: Tx, place: Shard, shardsMax: number): Promise<void> {
    if ((await this.boards.lockedShardCount(tx, place)) < shardsMax) return;
    if (this.full.size >= keptBoardsMax) this.full.clear();
    this.full.add(shardless(place));
    // Somebody else may have opened this very board while we waited.
    if ((await this.boards.ofShard(tx, place)) === null) throw new WindowFull();
  }
}

type Shard = { eventWindowId: string; environment: Environment; shard: string };

const shardless = ({ eventWindowId, environment }: Shard): string => `${eventWindowId} ${environment}`;
