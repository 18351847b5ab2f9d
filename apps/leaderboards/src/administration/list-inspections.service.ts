import { Injectable } from '@nestjs/common';
import { configurationRoutes } from '@kraty/contracts/configuration';
import type { GameScope } from '@kraty/contracts/common';
import type {
  Contributor,
  InspectedEntry,
  InspectedList,
  LeaderboardView,
  NamedList,
} from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import type { Board } from '../boards/board.js';
import type { RosterBot } from '../bots/roster.js';
import { hasBots, Rosters } from '../bots/rosters.service.js';
import { RostersStore } from '../bots/rosters.store.js';
import { FrozenBoardsStore } from '../finalization/frozen-boards.store.js';
import { botEntry, playerEntry } from '../profiles/profile.js';
import { Profiles } from '../profiles/profiles.service.js';
import { ScoresStore } from '../scores/scores.store.js';
import { ConfiguredReads } from './configured-reads.service.js';
import { RankedListFinder } from './ranked-list-finder.service.js';

const events = configurationRoutes('events');

interface Row {
  participantId: string;
  score: number;
  /** Of frozen lists. */
  rank?: number;
}

/** Rows of any list for operators, straight from PostgreSQL: they ask rarely, and for any rank (04 §6). */
@Injectable()
export class ListInspections {
  constructor(
    private readonly finder: RankedListFinder,
    private readonly objects: ConfiguredReads,
    private readonly rosters: Rosters,
    private readonly rostersStore: RostersStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly scores: ScoresStore,
    private readonly profiles: Profiles,
    private readonly messenger: Messenger,
  ) {}

  /** @throws not_found for the list, and for a player who does not stand on it */
  async read(named: NamedList, limit: number, aroundPlayerId: string | null): Promise<InspectedList> {
    const board = await this.finder.find(named);
    await this.rosters.look(board, null);
    const { leaderboardId, finalizedAt, definitionId, segment, opensAt } = board;
    const above = aroundPlayerId === null ? 0 : await this.rowsAbove(board, aroundPlayerId, limit);
    const rows: Row[] = finalizedAt
      ? await this.frozen.page(leaderboardId, above, limit)
      : await this.scores.top(leaderboardId, limit, above);
    return {
      leaderboardId: named.leaderboardId,
      segment,
      period: definitionId === null ? null : opensAt.toISOString(),
      finalized: finalizedAt !== null,
      participants: finalizedAt ? await this.frozen.count(leaderboardId) : await this.scores.count(leaderboardId),
      entries: await this.entries(board, rows, above),
    };
  }

  /** Events that feed a board the game has defined. @throws not_found */
  async contributors(game: GameScope, id: string): Promise<Contributor[]> {
    const { key } = (await this.objects.read(game, 'leaderboards', id)) as LeaderboardView;
    const { sections } = await this.messenger.request(events.export, { game });
    return (sections.events ?? [])
      .filter(({ contributesTo }) => contributesTo?.includes(key))
      .map(({ key: eventKey, name, status }) => ({ key: eventKey, name: name ?? eventKey, status: status ?? 'draft' }));
  }

  /** How many rows stand above the window around a player. */
  private async rowsAbove({ leaderboardId, finalizedAt }: Board, playerId: string, limit: number): Promise<number> {
    const self = finalizedAt
      ? (await this.frozen.read(leaderboardId, playerId, 0)).self
      : (await this.scores.ranks(leaderboardId, [playerId])).get(playerId);
    if (!self) throw fail('not_found', 'the player does not stand on the board', { resource: 'entry' });
    return Math.max(0, self.rank - 1 - Math.floor(limit / 2));
  }

  private async entries(board: Board, rows: readonly Row[], above: number): Promise<InspectedEntry[]> {
    const bots = new Map((await this.botsOf(board)).map((bot) => [bot.participantId, bot]));
    const playerIds = rows.map(({ participantId }) => participantId).filter((id) => !bots.has(id));
    const profiles = await this.profiles.find(board.scope, playerIds);
    return rows.map(({ participantId, score, rank }, at) => {
      const standing = { score, rank: rank ?? above + at + 1 };
      const bot = bots.get(participantId);
      if (bot) return { ...botEntry(participantId, bot, standing), externalPlayerId: null, ...placeOf(bot) };
      const profile = profiles.get(participantId) ?? null;
      const entry = playerEntry(participantId, profile, standing);
      return { ...entry, externalPlayerId: profile?.externalPlayerId ?? null, botKey: null, slot: null };
    });
  }

  private botsOf(board: Board): Promise<RosterBot[]> {
    return hasBots(board) ? this.rostersStore.bots(board.leaderboardId) : Promise.resolve([]);
  }
}

function placeOf({ botKey, slot }: RosterBot): Pick<InspectedEntry, 'botKey' | 'slot'> {
  return { botKey, slot };
}
