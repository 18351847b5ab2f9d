import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { importRowsMax, type Imported, type ImportRow, type ResourceType } from '@kraty/contracts/economy';
import { toFailure } from '@kraty/platform/errors';
import { canonicalHash } from '@kraty/platform/idempotency';
import { uuidV7 } from '@kraty/platform/ids';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { InitialBalancesService } from '../initial-balances/initial-balances.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.service.js';
import { derivedResource } from '../ledger/refusals.js';
import type { Write } from '../ledger/write.js';
import { isFollower, takesCredit } from '../operations/operation.js';

/** Rows written side by side: an import must not fill the queue of everybody else. */
const rowsAtOnceMax = 100;

/** What a studio brings of one kind of holdings. */
export interface Import {
  scope: Scope;
  type: ResourceType;
  rows: ImportRow[];
  apiKeyPrefix: string;
}

type RowOutcome = 'applied' | 'skipped' | { code: string; message: string };

/** Takes over holdings from elsewhere, row by row, each once for ever (08 §4). */
@Injectable()
export class ImportsService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly catalogs: CatalogService,
    private readonly settings: GameSettingsService,
    private readonly initialBalances: InitialBalancesService,
  ) {}

  async import(command: Import): Promise<Imported> {
    const { scope, rows } = command;
    if (rows.length > importRowsMax) throw new Error(`at most ${importRowsMax} rows are imported at once`);
    const hidden = (await this.settings.inventoryManagementOf(scope.gameId)) === 'studio';
    if (hidden) return { applied: 0, skipped: rows.length, failed: 0, failures: [] };
    this.catalogs.drop(scope.gameId);
    const catalog = await this.catalogs.read(scope.gameId);
    const outcomes: RowOutcome[] = [];
    for (let at = 0; at < rows.length; at += rowsAtOnceMax) {
      const page = rows.slice(at, at + rowsAtOnceMax);
      outcomes.push(...(await Promise.all(page.map((row) => this.importRow(command, row, catalog)))));
    }
    return summary(rows, outcomes);
  }

  private async importRow(command: Import, row: ImportRow, catalog: Catalog): Promise<RowOutcome> {
    const { scope, type } = command;
    const delta = { type, key: row.key, delta: row.amount };
    if (!takesCredit(catalog, delta, 'migration')) return unknownKey(type, row.key);
    try {
      if (type === 'economy') await this.initialBalances.pay(scope, row.player);
      const { applied } = await this.writer.write(writeOf(command, row, catalog));
      return applied ? 'applied' : 'skipped';
    } catch (error) {
      const { code, message } = toFailure(error);
      return { code, message };
    }
  }
}

function writeOf({ scope, type, apiKeyPrefix }: Import, row: ImportRow, catalog: Catalog): Write {
  const { player, key, amount, parameters, reason, idempotencyKey } = row;
  const delta = { type, key, delta: amount, ...(parameters && { metadata: parameters }) };
  const { externalPlayerId } = player;
  const bodyHash = canonicalHash({ externalPlayerId, key, amount, parameters: parameters ?? null, reason });
  const operation = type === 'item' ? 'POST /migrate/inventory' : 'POST /migrate/wallet';
  return {
    scope,
    player,
    catalog,
    operationId: uuidV7(),
    deltas: [delta],
    reason: reason || 'migration',
    sourceRefId: null,
    origin: 'server',
    actor: `api_key:${apiKeyPrefix}`,
    record: { operation, key: idempotencyKey, bodyHash },
    refusal: isFollower(catalog, delta) ? derivedResource(key) : null,
    silent: true,
    withoutRewards: true,
  };
}

function unknownKey(type: ResourceType, key: string): RowOutcome {
  const code = type === 'item' ? 'unknown_item' : 'unknown_currency';
  return { code, message: `the catalog has no ${key}` };
}

function summary(rows: readonly ImportRow[], outcomes: readonly RowOutcome[]): Imported {
  const failures = outcomes.flatMap((error, rowIndex) => {
    if (typeof error === 'string') return [];
    return [{ rowIndex, externalPlayerId: rows[rowIndex]!.player.externalPlayerId, error }];
  });
  const count = (wanted: RowOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { applied: count('applied'), skipped: count('skipped'), failed: failures.length, failures };
}
