import { Injectable } from '@nestjs/common';
import { environments, type Scope } from '@kraty/contracts/common';
import { uuidV7 } from '@kraty/platform/ids';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { JobsService, type KeepTurn } from '../jobs/jobs.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import type { Write } from '../ledger/write.js';
import { rootSources } from '../merges/merge.js';
import { RecomputationStore } from './recomputation.store.js';

const everyMs = 24 * 3_600_000;
const gamesAPage = 100;
/** Players looked at together; writes of players wait for them. */
const playersAPage = 200;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Once a day every progression is put where new thresholds want it, without rewards (08 §8). */
@Injectable()
export class RecomputationService {
  constructor(
    private readonly store: RecomputationStore,
    private readonly jobs: JobsService,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly writer: LedgerWriter,
  ) {}

  async runWhenDue(): Promise<void> {
    await this.jobs.runWhenDue('recomputation', everyMs, (keep) => this.run(keep));
  }

  async run(keep: KeepTurn): Promise<void> {
    for (let afterId = firstId; ;) {
      const games = await this.store.games(afterId, gamesAPage);
      for (const game of games) {
        // Hidden books stand still; the first turn after they are shown again catches up.
        if ((await this.settings.inventoryManagementOf(game.gameId)) === 'studio') continue;
        for (const environment of environments) await this.recompute({ ...game, environment }, keep);
      }
      const last = games.at(-1);
      if (!last || games.length < gamesAPage) return;
      afterId = last.gameId;
    }
  }

  private async recompute(scope: Scope, keep: KeepTurn): Promise<void> {
    for (const sourceKey of rootSources(await this.catalogs.read(scope.gameId))) {
      for (let afterId: string | undefined = firstId; afterId !== undefined;) {
        await keep();
        // Read anew for each page: thresholds that came meanwhile must set nobody back.
        const catalog = await this.catalogs.read(scope.gameId);
        const players: string[] = await this.store.touched(scope, sourceKey, afterId, playersAPage);
        await Promise.all(players.map((playerId) => this.writer.write(writeOf(scope, playerId, catalog, sourceKey))));
        afterId = players.length < playersAPage ? undefined : players.at(-1);
      }
    }
  }
}

function writeOf(scope: Scope, playerId: string, catalog: Catalog, recompute: string): Write {
  return {
    scope,
    player: { playerId, externalPlayerId: '' },
    catalog,
    operationId: uuidV7(),
    deltas: [],
    reason: 'derived',
    sourceRefId: null,
    origin: 'engine',
    actor: 'system',
    record: null,
    refusal: null,
    recompute,
    withoutRewards: true,
  };
}
