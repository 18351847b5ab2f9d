import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type ExportedSections,
  type ProposedChanges,
  type SectionChanges,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { identityPoolOf, poolConfigurationOf } from '../identity-pools/identity-pool.js';
import { IdentityPoolsStore } from '../identity-pools/identity-pools.store.js';
import { botConfigurationOf, botDefinitionOf } from './bot-definition.js';
import { BotDefinitionsStore } from './bot-definitions.store.js';
import { checkBots } from './check-bots.js';

/** The sections `bots` and `identityPools` of a game's configuration (04 §12). */
@Injectable()
export class BotsConfiguration {
  constructor(
    private readonly bots: BotDefinitionsStore,
    private readonly pools: IdentityPoolsStore,
    private readonly clock: Clock,
  ) {}

  async export({ gameId }: GameScope, tx?: Tx): Promise<ExportedSections> {
    const [bots, pools] = [await this.bots.ofGame(gameId, tx), await this.pools.ofGame(gameId, tx)];
    return {
      sections: {
        identityPools: sortedByKey(pools.filter(({ archivedAt }) => archivedAt === null)).map(poolConfigurationOf),
        bots: sortedByKey(bots.filter(({ archivedAt }) => archivedAt === null)).map(botConfigurationOf),
      },
      archivedKeys: {
        identityPools: sortedByKey(pools.filter(({ archivedAt }) => archivedAt !== null)).map(({ key }) => key),
        bots: sortedByKey(bots.filter(({ archivedAt }) => archivedAt !== null)).map(({ key }) => key),
      },
    };
  }

  async check(configuration: ProposedChanges, tx?: Tx): Promise<Issue[]> {
    const { gameId } = configuration.game;
    const [bots, pools] = [await this.bots.ofGame(gameId, tx), await this.pools.ofGame(gameId, tx)];
    const keys = (rows: readonly { key: string }[]) => new Set(rows.map(({ key }) => key));
    return checkBots(configuration, { bots: keys(bots), pools: keys(pools) });
  }

  /** Ids are drawn for new keys only: a bot keeps its own for ever, for it is in the seeds of its boards. */
  async write(tx: Tx, game: GameScope, { upserts, archives }: SectionChanges): Promise<void> {
    const now = this.clock.now();
    const newId = () => uuidV7(now.getTime());
    for (const pool of upserts.identityPools ?? []) await this.pools.save(tx, identityPoolOf(game, newId(), pool));
    for (const bot of upserts.bots ?? []) await this.bots.save(tx, botDefinitionOf(game, newId(), bot));
    await this.pools.archive(tx, game.gameId, archives.identityPools ?? [], now);
    await this.bots.archive(tx, game.gameId, archives.bots ?? [], now);
  }
}
