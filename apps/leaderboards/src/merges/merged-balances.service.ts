import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readBalances } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { ListChanges } from '../live/list-changes.service.js';
import { Ranks } from '../ranks/ranks.service.js';
import { Contributions, type CountedWrite } from '../scores/contributions.service.js';
import { lateFactsDays } from '../scores/late-facts.js';
import { MergedPlayersStore } from './merged-players.store.js';
import { MergesStore, type FollowedBalance } from './merges.store.js';

/** Bound of one question to the economy (its contract). */
const keysAQuestion = 8;
const dayMs = 86_400_000;

/** What a fact tells of a balance. */
interface ToldBalance {
  scope: Scope;
  playerId: string;
  economyKey: string;
  balance: number;
}

/** Boards that rank by a progression show what a player holds who has taken another one over (06 §13). */
@Injectable()
export class MergedBalances {
  constructor(
    private readonly store: MergesStore,
    private readonly players: MergedPlayersStore,
    private readonly contributions: Contributions,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  /**
   * No change of a holding tells of its sum, so the economy is asked. A merged holding has a revision above those of both,
   * so what is written here is older than whatever it tells next; one that is heard of meanwhile wins.
   */
  async follow(scope: Scope, playerId: string): Promise<void> {
    const followed = await this.store.following(playerId);
    const balances = await this.balancesOf(scope, playerId, [...new Set(followed.map((one) => one.economyKey))]);
    const moved = followed.filter(({ economyKey, score }) => balances.get(economyKey) !== score);
    if (moved.length === 0) return;
    const writes = moved.map((list) => this.writeOf(playerId, list, balances.get(list.economyKey)!));
    const rows = await this.contributions.apply(writes);
    await this.ranks.applyAll(rows);
    await this.changes.tellRows('merge', rows);
  }

  /**
   * What is told of players who have taken somebody over may be of a holding from before: then it is what the economy says
   * now that counts. A change that comes after that answer has a greater revision. What is told later than facts can come
   * was changed after the merge.
   */
  async asTheyAre<T extends ToldBalance>(told: readonly T[]): Promise<T[]> {
    const since = new Date(this.clock.nowMs() - lateFactsDays * dayMs);
    const targets = await this.players.targets([...new Set(told.map(({ playerId }) => playerId))], since);
    const held = await this.heldBy(told.filter(({ playerId }) => targets.has(playerId)));
    return told.map((one) => ({ ...one, balance: held.get(holderOf(one))?.get(one.economyKey) ?? one.balance }));
  }

  /** Balances of those who are told of, by who holds them, in one question each. */
  private async heldBy(told: readonly ToldBalance[]): Promise<Map<string, Map<string, number>>> {
    const asked = new Map<string, { scope: Scope; playerId: string; keys: Set<string> }>();
    for (const one of told) {
      const { scope, playerId } = one;
      const holder = asked.get(holderOf(one)) ?? { scope, playerId, keys: new Set<string>() };
      asked.set(holderOf(one), holder);
      holder.keys.add(one.economyKey);
    }
    const held = new Map<string, Map<string, number>>();
    for (const [holder, { scope, playerId, keys }] of asked) {
      held.set(holder, await this.balancesOf(scope, playerId, [...keys]));
    }
    return held;
  }

  private writeOf(
    playerId: string,
    { leaderboardId, definitionId, periodStartMs, revision }: FollowedBalance,
    score: number,
  ): CountedWrite {
    const writtenAtMs = this.clock.nowMs();
    return {
      ...{ leaderboardId, definitionId, periodStartMs, playerId, sourceId: playerId, score, writtenAtMs },
      ...{ aggregation: 'latest', revision: revision + 1, scoreAtMs: null },
    };
  }

  /** 0 for what was never earned. */
  private async balancesOf(scope: Scope, playerId: string, keys: readonly string[]): Promise<Map<string, number>> {
    const found = new Map(keys.map((key) => [key, 0]));
    for (let from = 0; from < keys.length; from += keysAQuestion) {
      const economyKeys = keys.slice(from, from + keysAQuestion);
      const { balances } = await this.messenger.request(readBalances, { scope, playerIds: [playerId], economyKeys });
      for (const [key, balance] of Object.entries(balances[playerId] ?? {})) found.set(key, balance);
    }
    return found;
  }
}

/** Players' balances in the two environments are not the same. */
function holderOf({ scope, playerId }: ToldBalance): string {
  return `${scope.environment} ${playerId}`;
}
