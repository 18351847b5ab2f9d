import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes } from '@kraty/contracts/configuration';
import { readSettings, type Operator } from '@kraty/contracts/identity';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { referencesOf, type References } from '../definitions/references.js';

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
      // Every role may read settings; a token that lists other permissions must not keep us from knowing the game.
      this.messenger.request(readSettings, { operator: { ...operator, limitedTo: null }, ...game }),
      ...owners.map((owner) => this.messenger.request(owner.export, { game })),
    ]);
    const sections = parts.map((part) => part.sections);
    const archivedKeys = Object.assign({}, ...parts.map((part) => part.archivedKeys)) as object;
    const events = (await this.events.keys(this.database, game.gameId)).map((key) => ({ key }));
    return referencesOf({ desired: Object.assign({}, ...sections, { events }) as object, archivedKeys, settings });
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
}
