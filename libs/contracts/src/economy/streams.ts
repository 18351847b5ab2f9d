import type { Iso, Scope } from '../common/index.js';
import type { Grant } from '../grants/grants.js';
import { request } from '../messages/index.js';
import type { Origin, ResourceType } from './operations.js';

/** Subject on which one player's inventory stream is broadcast (08 §9); a message is a list of frames in order. */
export function playerStreamSubject(playerId: string): string {
  return `kraty.stream.economy.${playerId}`;
}

/** One ledger row as players may see it. */
export interface StreamedChange {
  type: ResourceType;
  key: string;
  delta: number;
  balanceAfter: number;
  reason: string;
  origin: Origin;
  ledgerId: string;
  occurredAt: Iso;
}

/**
 * A ledger row, or a grant that was created. Rows of one holding have consecutive revisions, so that whoever hears
 * them can put them in order and knows when one is missing; silent ones are heard and not shown.
 */
export type PlayerStreamFrame =
  | { kind: 'holding'; revision: number; silent: boolean; change: StreamedChange }
  | { kind: 'grant'; grant: Pick<Grant, 'id' | 'kind' | 'sourceKind' | 'contents' | 'createdAt'> };

/** What is common to the changes a player's client is told. */
interface ToldChange {
  delta: number;
  reason: string;
  origin: Origin;
  ledgerId: string;
  occurredAt: Iso;
}

/** One server-sent event of the inventory stream (02 §10.3); `kind` repeats its name. */
export type InventoryStreamEvent =
  | { event: 'ready'; data: { kind: 'ready'; externalPlayerId: string } }
  | { event: 'inventory_changed'; data: { kind: 'inventory_changed'; itemKey: string; quantity: number } & ToldChange }
  | { event: 'wallet_changed'; data: { kind: 'wallet_changed'; economyKey: string; balance: number } & ToldChange }
  | {
      event: 'grant_created';
      data: {
        kind: 'grant_created';
        grantId: string;
        grantKind: Grant['kind'];
        sourceKind: string;
        contents: Grant['contents'];
        occurredAt: Iso;
      };
    };

/**
 * How far each holding of a player has come, by `type:key`: frames up to there were told before. Whoever streams listens
 * first and asks then, so that nothing falls between.
 */
export const readHoldingRevisions = request<{ scope: Scope; playerId: string }, { revisions: Record<string, number> }>(
  'economy',
  'read-holding-revisions',
);
