import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { canonicalJson } from '@kraty/contracts/configuration';
import type { GrantedEntry, OddsReport } from '@kraty/contracts/grants';
import { fail } from '@kraty/platform/errors';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import { RollSecretsService } from '../roll-secrets/roll-secrets.service.js';
import type { PinnedRevision } from '../rolls/roll-contents.js';
import { RollStream, rollSeed } from '../rolls/roll-stream.js';
import { roll, type OnPick, type RollableTable } from '../rolls/roll.js';
import { chiSquaredTest } from './chi-squared.js';
import { labelOf } from './labels.js';
import { OddsStore, type Opening } from './odds.store.js';

const openingsMax = 100_000;
const pageMax = 1_000;
/** Enough to look for what went wrong. */
const mismatchesMax = 100;
/** Above every key of a crate. */
const aboveEveryCrate = 'crate;';

/** Compares what crates have given with what their table states, and each roll with what it must have been. */
@Injectable()
export class OddsReportsService {
  private readonly known = new Map<string, Map<string, RollableTable>>();

  constructor(
    private readonly store: OddsStore,
    private readonly objects: RewardObjectsStore,
    private readonly rollSecrets: RollSecretsService,
  ) {}

  /** @throws not_found */
  async compare(scope: Scope, tableKey: string): Promise<OddsReport> {
    const stored = await this.objects.find(scope.gameId, 'rewardTables', tableKey);
    if (!stored) throw fail('not_found', 'there is no such table', { resource: 'table' });
    const table = stored.content as RollableTable;
    const pinned: PinnedRevision = { kind: 'table', key: stored.key, revision: stored.revision };
    const tally = new Tally(table, stored.key);
    let below = aboveEveryCrate;
    while (tally.openings < openingsMax) {
      const page = await this.store.openings(scope, pinned, below, pageMax);
      for (const opening of page) await this.rollAgain(scope, opening, tally);
      if (page.length < pageMax) break;
      below = page.at(-1)!.payout_key;
    }
    return { tableKey: stored.key, revision: stored.revision, ...tally.report() };
  }

  private async rollAgain(scope: Scope, opening: Opening, tally: Tally): Promise<void> {
    const secret = await this.rollSecrets.secretOf(scope);
    if (secret.version !== opening.roll_secret_version) return;
    const tables = await this.tablesOf(scope.gameId, opening.pinned_revisions);
    const stream = new RollStream(rollSeed(secret.bytes, opening.payout_key));
    const entries = roll(opening.rolled, stream, tables, tally.onPick);
    tally.count(opening.payout_key, isSame(opening.entries, entries));
  }

  /** Most openings share a few sets of revisions, and a revision never changes. */
  private async tablesOf(gameId: string, revisions: readonly PinnedRevision[]): Promise<Map<string, RollableTable>> {
    const name = `${gameId}:${revisions.map(({ key, revision }) => `${key}@${revision}`).join(',')}`;
    const tables = this.known.get(name) ?? (await this.store.tables(gameId, revisions));
    if (this.known.size >= pageMax) this.known.clear();
    this.known.set(name, tables);
    return tables;
  }
}

class Tally {
  openings = 0;
  private readonly observed: number[];
  private readonly mismatches: string[] = [];

  constructor(
    private readonly table: RollableTable,
    private readonly tableKey: string,
  ) {
    this.observed = table.weightedEntries.map(() => 0);
  }

  /** Without replacement only first picks are all alike. */
  readonly onPick: OnPick = (tableKey, index, before) => {
    const alike = this.table.withReplacement !== false || before === 0;
    if (tableKey === this.tableKey && alike) this.observed[index]! += 1;
  };

  count(payoutKey: string, proved: boolean): void {
    this.openings += 1;
    if (!proved && this.mismatches.length < mismatchesMax) this.mismatches.push(payoutKey.slice('crate:'.length));
  }

  report(): Omit<OddsReport, 'tableKey' | 'revision'> {
    const weights = this.table.weightedEntries.reduce((sum, { weight }) => sum + weight, 0);
    const picks = this.observed.reduce((sum, count) => sum + count, 0);
    const outcomes = this.table.weightedEntries.map(({ weight, entry }, index) => {
      const stated = weight / weights;
      return { index, label: labelOf(entry), stated, expected: stated * picks, observed: this.observed[index]! };
    });
    return { openings: this.openings, mismatches: this.mismatches, picks, outcomes, ...chiSquaredTest(outcomes) };
  }
}

/** Equal whatever the order of fields: PostgreSQL orders those of JSON by a rule of its own. */
function isSame(stored: readonly GrantedEntry[], rolled: readonly GrantedEntry[]): boolean {
  const canonical = (entries: readonly GrantedEntry[]) => JSON.stringify(canonicalJson({ entries } as unknown as Json));
  return canonical(stored) === canonical(rolled);
}
