import { Injectable } from '@nestjs/common';
import type { Definition } from '../definitions/definition.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { rulesAt } from '../definitions/period.js';
import { periodOf } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { isPinned } from '../segments/segment.js';
import { SegmentsStore } from '../segments/segments.store.js';
import type { HeldList, Pair, Route } from './merges.store.js';

/** A list of a defined board. */
type Part = HeldList & { definitionId: string };

/** A way that rows go, and the progression its list follows. */
export type Routed = Route & { economyKey: string | null };

/** To which lists rows of a merged player go. */
@Injectable()
export class Routes {
  constructor(
    private readonly definitions: DefinitionsStore,
    private readonly segments: SegmentsStore,
    private readonly parts: Parts,
  ) {}

  /**
   * Each list its own, but where players stand in one segment a period: there rows go where the one that stays stands, and
   * it takes over the other's place where it has none of its own (06 §4.2).
   */
  async of(lists: readonly HeldList[], pair: Pair): Promise<Map<string, Routed>> {
    const parts = lists.filter((list): list is Part => list.definitionId !== null);
    const definitions = await this.definitionsOf(parts);
    const homes = await this.homes(parts, pair);
    const routes = new Map<string, Routed>();
    for (const { leaderboardId: id } of lists) routes.set(id, { listId: id, toListId: id, economyKey: null });
    for (const part of parts) {
      const definition = definitions.get(part.definitionId);
      if (!definition) continue;
      const { leaderboardId: listId } = part;
      const toListId = await this.toListId(part, definition, homes.get(placeOf(part)) ?? null);
      routes.set(listId, { listId, toListId, economyKey: definition.economyKey });
    }
    return routes;
  }

  private async toListId(part: Part, definition: Definition, home: string | null): Promise<string> {
    const { leaderboardId, segment, opensAtMs, environment, isFrozen } = part;
    const isAtHome = home === null || home === segment;
    if (isFrozen || isAtHome || !isPinned(rulesAt(definition.rules, opensAtMs).segmentation)) return leaderboardId;
    const board = await this.parts.open(periodOf(definition, environment, opensAtMs), home);
    return board?.leaderboardId ?? leaderboardId;
  }

  /** Segments of the one that stays, by board and period. */
  private async homes(parts: readonly Part[], { from, to }: Pair): Promise<Map<string, string>> {
    const places = [...new Map(parts.map((part) => [placeOf(part), part])).values()];
    const asked = places.map(({ definitionId, opensAtMs }) => ({
      ...{ leaderboardId: definitionId, periodStartMs: opensAtMs, playerId: to },
    }));
    await this.segments.takeOver(from, asked);
    const homes = await this.segments.find(asked);
    return new Map(homes.map((home) => [`${home.leaderboardId} ${home.periodStartMs}`, home.segment]));
  }

  private async definitionsOf(parts: readonly Part[]): Promise<Map<string, Definition>> {
    const ids = new Set(parts.map(({ definitionId }) => definitionId));
    const definitions = await this.definitions.findMany([...ids]);
    return new Map(definitions.map((definition) => [definition.leaderboardId, definition]));
  }
}

function placeOf({ definitionId, opensAtMs }: Part): string {
  return `${definitionId} ${opensAtMs}`;
}
