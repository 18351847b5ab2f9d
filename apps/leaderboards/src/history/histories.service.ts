import { Injectable } from '@nestjs/common';
import type { BoardHistory, NamedList } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { RankedListFinder } from '../administration/ranked-list-finder.service.js';
import { BotIdentities } from '../bots/bot-identities.service.js';
import { Profiles } from '../profiles/profiles.service.js';
import { HistoryStore } from './history.store.js';
import { seriesOf } from './series.js';

/** Points of one line. */
const pointsMax = 500;

export interface HistoryQuestion {
  top: number;
  playerId: string | null;
  rangeMs: number;
}

/** How the top of a list came about (04 §6). */
@Injectable()
export class Histories {
  constructor(
    private readonly finder: RankedListFinder,
    private readonly store: HistoryStore,
    private readonly profiles: Profiles,
    private readonly botIdentities: BotIdentities,
    private readonly clock: Clock,
  ) {}

  /** @throws not_found */
  async read(named: NamedList, { top, playerId, rangeMs }: HistoryQuestion): Promise<BoardHistory> {
    const { leaderboardId, scope } = await this.finder.find(named);
    const since = new Date(this.clock.nowMs() - rangeMs);
    const lines = seriesOf(await this.store.samples(leaderboardId, since, pointsMax), top, playerId);
    const bots = await this.botIdentities.of(leaderboardId);
    const ids = lines.map(({ participantId }) => participantId).filter((id) => !bots.has(id));
    const profiles = await this.profiles.find(scope, ids);
    const nameOf = (id: string): string | null => {
      const profile = profiles.get(id);
      return bots.get(id)?.name ?? profile?.displayName ?? profile?.anonymizedName ?? null;
    };
    return { series: lines.map((line) => ({ ...line, name: nameOf(line.participantId) })) };
  }
}
