import { Controller, Module } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import { readBalances } from '@kraty/contracts/economy';
import {
  describeEventBoard,
  readBoardStandings,
  readPlayerStanding,
  type BoardStanding,
  type EventBoardDescription,
} from '@kraty/contracts/events';
import { readLastContexts, readProfiles, type PlayerProfile } from '@kraty/contracts/identity';
import { defineService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { busy } from '@kraty/platform/errors';
import { HandleRequest } from '@kraty/platform/messaging';

/** What other contexts would answer. */
export class Others {
  balances: Record<string, Record<string, number>> = {};
  standings = new Map<string, BoardStanding[]>();
  /** What is told of a single player, where it is not what the pages tell. */
  standing: (() => BoardStanding) | null = null;
  boards = new Map<string, EventBoardDescription>();
  contexts: Record<string, Json> = {};
  profiles: (PlayerProfile & { revision: number })[] = [];
  /** Contexts that answer nobody, and how often these were asked all the same. */
  away = new Set<'economy' | 'identity'>();
  askedInVain = 0;

  /** Fails while the context is away. */
  require(context: 'economy' | 'identity'): void {
    if (!this.away.has(context)) return;
    this.askedInVain += 1;
    throw busy();
  }
}

/** Services that answer in the place of the other contexts. */
export function doublesOf(others: Others) {
  @Controller()
  class Economy {
    @HandleRequest(readBalances)
    balances() {
      others.require('economy');
      return { balances: others.balances };
    }
  }

  @Controller()
  class Events {
    @HandleRequest(describeEventBoard)
    describe({ leaderboardId }: { leaderboardId: string }) {
      return { board: others.boards.get(leaderboardId) ?? null };
    }

    @HandleRequest(readBoardStandings)
    standings({ leaderboardId }: { leaderboardId: string }) {
      return { standings: others.standings.get(leaderboardId) ?? [] };
    }

    @HandleRequest(readPlayerStanding)
    standing({ leaderboardId, playerId }: { leaderboardId: string; playerId: string }) {
      if (others.standing) return { standing: others.standing() };
      const known = others.standings.get(leaderboardId) ?? [];
      return { standing: known.find((standing) => standing.playerId === playerId) ?? null };
    }
  }

  @Controller()
  class Identity {
    @HandleRequest(readLastContexts)
    lastContexts() {
      return { contexts: others.contexts };
    }

    @HandleRequest(readProfiles)
    profiles({ playerIds }: { playerIds: string[] }) {
      others.require('identity');
      return { profiles: others.profiles.filter(({ playerId }) => playerIds.includes(playerId)) };
    }
  }

  @Module({ controllers: [Identity] })
  class IdentityDouble {}

  @Module({ controllers: [Economy] })
  class EconomyDouble {}

  @Module({ controllers: [Events] })
  class EventsDouble {}

  return [
    defineService({ name: 'economy', module: EconomyDouble, configuration: ProcessConfiguration }),
    defineService({ name: 'identity', module: IdentityDouble, configuration: ProcessConfiguration }),
    defineService({ name: 'events', module: EventsDouble, configuration: ProcessConfiguration }),
  ];
}
