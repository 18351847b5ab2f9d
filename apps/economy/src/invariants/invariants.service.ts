import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { checkPageMax, violationsToldMax, type CheckedPage, type MovedByOperation } from '@kraty/contracts/economy';
import { InvariantsStore, type CheckedPlayer } from './invariants.store.js';
import { LeftoversStore } from './leftovers.store.js';

const firstId = '00000000-0000-0000-0000-000000000000';
const first: CheckedPlayer = { gameId: firstId, environment: '', playerId: firstId };

/** What must always be true of the ledger, looked at page by page (08 §§12, 13). */
@Injectable()
export class InvariantsService {
  constructor(
    private readonly store: InvariantsStore,
    private readonly leftovers: LeftoversStore,
  ) {}

  async holdings(after: string | null, percentile: number | null): Promise<CheckedPage> {
    const players = await this.store.players(playerOf(after), percentile, checkPageMax);
    if (players.length === 0) return { checked: 0, violations: [], next: null };
    const violations = [
      ...(await this.store.sums(players)),
      ...(await this.store.newest(players)),
      ...(await this.store.repeated(players)),
    ];
    const next = players.length < checkPageMax ? null : cursorOf(players.at(-1)!);
    return { checked: players.length, violations: violations.slice(0, violationsToldMax), next };
  }

  /** What was minted, burned and held, and what belongs to nobody: the whole ledger is read. */
  async totals(): Promise<CheckedPage> {
    const { resources, violations } = await this.store.totals(violationsToldMax);
    const found = [
      ...violations,
      ...(await this.leftovers.unheld(violationsToldMax)),
      ...(await this.leftovers.leftBehind(violationsToldMax)),
    ];
    return { checked: resources, violations: found.slice(0, violationsToldMax), next: null };
  }

  async operations(scope: Scope, operationIds: readonly string[]): Promise<MovedByOperation[]> {
    if (operationIds.length > checkPageMax) throw new Error(`at most ${checkPageMax} operations are read at once`);
    const byId = new Map<string, MovedByOperation>();
    for (const { operationId, ...resource } of await this.store.operations(scope, operationIds)) {
      const known = byId.get(operationId);
      if (known) known.resources.push(resource);
      else byId.set(operationId, { operationId, resources: [resource] });
    }
    return [...byId.values()];
  }

  async deposits(after: string | null) {
    const deposits = await this.store.deposits(after ?? firstId, checkPageMax);
    return { deposits, next: deposits.length < checkPageMax ? null : deposits.at(-1)!.ledgerId };
  }
}

function cursorOf({ gameId, environment, playerId }: CheckedPlayer): string {
  return [gameId, environment, playerId].join(' ');
}

function playerOf(cursor: string | null): CheckedPlayer {
  const [gameId, environment, playerId] = cursor?.split(' ') ?? [];
  return gameId && environment && playerId ? { gameId, environment, playerId } : first;
}
