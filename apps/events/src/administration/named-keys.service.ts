import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { readRewardObject } from '@kraty/contracts/grants';
import { readConfigured } from '@kraty/contracts/leaderboards';
import { Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { namedByKey, namedIds, type NamedKind } from '../definitions/named-by-key.js';

/** Ids looked up for one body; what is named beyond them stays an id and is refused as unknown. */
const lookupsMax = 200;

/** Turns the ids in a body into the keys that are kept (decision 0010). */
@Injectable()
export class NamedKeys {
  constructor(private readonly messenger: Messenger) {}

  /** @throws internal_error (503) while an owner is away */
  async inKeys(game: GameScope, body: unknown): Promise<unknown> {
    const named = Object.entries(namedIds(body)) as [NamedKind, string[]][];
    const asked = named.flatMap(([kind, ids]) => ids.map((id) => ({ kind, id }))).slice(0, lookupsMax);
    if (asked.length === 0) return body;
    const found = await Promise.all(asked.map(({ kind, id }) => this.keyOf(game, kind, id)));
    const keys = new Map(asked.map(({ kind, id }, at) => [`${kind}:${id}`, found[at] ?? null]));
    return namedByKey(body, (kind, id) => keys.get(`${kind}:${id}`) ?? null);
  }

  private async keyOf(game: GameScope, kind: NamedKind, id: string): Promise<string | null> {
    try {
      return (await this.ask(game, kind, id)).key;
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_found') return null;
      throw error;
    }
  }

  private ask(game: GameScope, kind: NamedKind, id: string): Promise<{ key: string }> {
    if (kind === 'rewardBundle')
      return this.messenger.request(readRewardObject, { game, section: 'rewardBundles', id });
    const section = kind === 'bot' ? 'bots' : 'identityPools';
    return this.messenger.request(readConfigured, { game, section, id });
  }
}
