import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { readAmounts } from '@kraty/contracts/economy';
import { readPlayerTraits, type PlayerTraits } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { CompletionsStore } from './completions.store.js';
import { completionId, resourceId, type FactNeeds, type PlayerFacts } from './player-facts.js';

/** Bound of one request to the economy; the needs of one event never reach it (05 §§11, 12). */
const amountsARequestMax = 200;

/** Reads what gates, prices and segments need to know of a player: each source once, and only when something asks for it. */
@Injectable()
export class PlayerFactsReader {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messenger: Messenger,
    private readonly completions: CompletionsStore,
  ) {}

  /** @throws 503 when a source that is needed does not answer: what is not known must not let anybody in, or keep out */
  async of(scope: Scope, playerId: string | null, context: Json, needs: FactNeeds): Promise<PlayerFacts> {
    const [completions, amounts, traits] =
      playerId === null
        ? [new Map<string, number>(), new Map<string, number>(), null]
        : await Promise.all([
            this.completionsOf(scope, playerId, needs),
            this.amountsOf(scope, playerId, needs),
            this.traitsOf(scope, playerId, needs),
          ]);
    const firstSeenAtMs = traits === null ? null : Date.parse(traits.firstSeenAt);
    return {
      nowMs: this.clock.nowMs(),
      context,
      completions,
      amounts,
      country: traits?.country ?? null,
      firstSeenAtMs,
    };
  }

  private async completionsOf(scope: Scope, playerId: string, needs: FactNeeds): Promise<Map<string, number>> {
    const wanted = [...needs.completions.values()];
    if (wanted.length === 0) return new Map();
    const times = await this.completions.count(this.database, { scope, playerId, now: this.clock.now() }, wanted);
    return new Map(wanted.map((need, at) => [completionId(need), times[at] ?? 0]));
  }

  private async amountsOf(scope: Scope, playerId: string, needs: FactNeeds): Promise<Map<string, number>> {
    const wanted = [...needs.amounts.values()];
    const amounts = new Map<string, number>();
    for (let from = 0; from < wanted.length; from += amountsARequestMax) {
      const resources = wanted.slice(from, from + amountsARequestMax);
      const read = await this.messenger.request(readAmounts, { scope, playerId, resources });
      resources.forEach((resource, at) => amounts.set(resourceId(resource), read.amounts[at] ?? 0));
    }
    return amounts;
  }

  private async traitsOf(scope: Scope, playerId: string, { traits }: FactNeeds): Promise<PlayerTraits | null> {
    if (!traits) return null;
    return (await this.messenger.request(readPlayerTraits, { scope, playerId })).traits;
  }
}
