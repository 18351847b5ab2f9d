import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes } from '@kraty/contracts/configuration';
import { readRewardObject } from '@kraty/contracts/grants';
import { readSettings, type Operator } from '@kraty/contracts/identity';
import { Failure } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { referencesOf, type References } from '../definitions/references.js';
import { bundleIdsIn, withBundleKeys } from './bundle-ids.js';

/** Bundles of one event that are looked up by id; a policy has fewer tiers, an event fewer milestones. */
const bundleIdsMax = 64;
const owners = [configurationRoutes('economy'), configurationRoutes('grants'), configurationRoutes('leaderboards')];

/** What an event may name, asked of those who own it. */
@Injectable()
export class GameReferences {
  constructor(
    private readonly messenger: Messenger,
    private readonly database: Database,
    private readonly events: DefinitionsStore,
    private readonly logger: Logger,
  ) {}

  /** @throws internal_error (503) while one of the owners is away */
  async of(game: GameScope, operator: Operator): Promise<References> {
    const [{ settings }, ...parts] = await Promise.all([
      this.messenger.request(readSettings, { operator, ...game }),
      ...owners.map((owner) => this.messenger.request(owner.export, { game })),
    ]);
    const sections = parts.map((part) => part.sections);
    const archivedKeys = Object.assign({}, ...parts.map((part) => part.archivedKeys)) as object;
    const events = (await this.events.keys(this.database, game.gameId)).map((key) => ({ key }));
    return referencesOf({ desired: Object.assign({}, ...sections, { events }) as object, archivedKeys, settings });
  }

  /**
   * A statement as it came, with the bundles that it names by id named by key, as everything inside does (decision
   * 0010). An id that leads nowhere stays, and is refused as such.
   */
  async named(game: GameScope, body: unknown): Promise<unknown> {
    const keys = new Map<string, string>();
    for (const id of bundleIdsIn(body).slice(0, bundleIdsMax)) {
      const key = await this.keyOfBundle(game, id);
      if (key !== null) keys.set(id, key);
    }
    return keys.size === 0 ? body : withBundleKeys(body, keys);
  }

  /** For what must go on while an owner is away, a pause above all; null = nothing can be said about references. */
  async ofNow(game: GameScope, operator: Operator): Promise<References | null> {
    try {
      return await this.of(game, operator);
    } catch (error) {
      this.logger.warn({ err: error, gameId: game.gameId }, 'references are not known now, warnings are left out');
      return null;
    }
  }

  private async keyOfBundle(game: GameScope, id: string): Promise<string | null> {
    try {
      return (await this.messenger.request(readRewardObject, { game, section: 'rewardBundles', id })).key;
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_found') return null;
      throw error;
    }
  }
}
