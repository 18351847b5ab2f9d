import { resourceIdOf, type InventoryStreamEvent, type PlayerStreamFrame } from '@kraty/contracts/economy';
import { HoldingOrder } from './holding-order.js';
import { framesBehindMax, type SseConnection } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';

/** A frame that has not come by then was lost. Milliseconds. */
const gapMaxMs = 500;
/** Grants remembered, to tell one that is told again. */
const grantsKnownMax = 256;

export interface PlayerReader {
  streamId: string;
  connection: SseConnection;
  keyPrefix: string;
  secretHash: string | null;
}

type HoldingFrame = Extract<PlayerStreamFrame, { kind: 'holding' }> & { holding: string };

/** What one player's open streams in this process have in common: they hear the same in the same order (08 §9). */
export class PlayerChannel {
  readonly readers = new Set<PlayerReader>();
  private order: HoldingOrder<HoldingFrame> | null = null;
  private early: PlayerStreamFrame[] = [];
  private readonly grants = new Set<string>();
  private gap: NodeJS.Timeout | null = null;

  /** @param lost called when a frame is missing for good: readers must read the lists again */
  constructor(private readonly lost: () => void) {}

  /** From here on everything is told; what came before was part of the lists already. */
  begin(revisions: Record<string, number>): void {
    if (this.order) return;
    this.order = new HoldingOrder(new Map(Object.entries(revisions)), framesBehindMax);
    const early = this.early;
    this.early = [];
    this.hear(early);
  }

  hear(frames: readonly PlayerStreamFrame[]): void {
    if (!this.order) return this.keepEarly(frames);
    const events = frames.flatMap((frame) => this.eventsOf(frame));
    if (events.length > 0) this.send(SseFrames.of(...events));
    this.watchGap(this.order);
  }

  close(): void {
    if (this.gap) clearTimeout(this.gap);
    this.gap = null;
  }

  private keepEarly(frames: readonly PlayerStreamFrame[]): void {
    this.early.push(...frames);
    if (this.early.length > framesBehindMax) this.lost();
  }

  private send(frames: SseFrames): void {
    for (const { connection } of this.readers) connection.send(frames);
  }

  private eventsOf(frame: PlayerStreamFrame): InventoryStreamEvent[] {
    if (frame.kind === 'grant') return this.isNewGrant(frame.grant.id) ? [grantEvent(frame)] : [];
    const inOrder = this.order?.take({ ...frame, holding: resourceIdOf(frame.change) }) ?? [];
    return inOrder.filter(({ silent }) => !silent).map(changeEvent);
  }

  private isNewGrant(grantId: string): boolean {
    if (this.grants.has(grantId)) return false;
    if (this.grants.size >= grantsKnownMax) this.grants.clear();
    this.grants.add(grantId);
    return true;
  }

  private watchGap(order: HoldingOrder<HoldingFrame>): void {
    if (order.isOverfull) return this.lost();
    if (!order.hasGap) return this.close();
    this.gap ??= setTimeout(this.lost, gapMaxMs).unref();
  }
}

function changeEvent({ change }: HoldingFrame): InventoryStreamEvent {
  const { type, key, delta, balanceAfter, reason, origin, ledgerId, occurredAt } = change;
  const told = { reason, origin, ledgerId, occurredAt };
  return type === 'item'
    ? {
        event: 'inventory_changed',
        data: { kind: 'inventory_changed', itemKey: key, delta, quantity: balanceAfter, ...told },
      }
    : {
        event: 'wallet_changed',
        data: { kind: 'wallet_changed', economyKey: key, delta, balance: balanceAfter, ...told },
      };
}

function grantEvent({ grant }: Extract<PlayerStreamFrame, { kind: 'grant' }>): InventoryStreamEvent {
  const { id: grantId, kind: grantKind, sourceKind, contents, createdAt: occurredAt } = grant;
  const data = { kind: 'grant_created' as const, grantId, grantKind, sourceKind, contents, occurredAt };
  return { event: 'grant_created', data };
}
