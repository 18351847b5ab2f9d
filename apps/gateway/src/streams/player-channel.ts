import { resourceIdOf, type InventoryStreamEvent, type PlayerStreamFrame } from '@kraty/contracts/economy';
import { HoldingOrder } from './holding-order.js';
import { framesBehindMax, frameText, type SseConnection } from './sse-connection.js';

/** A frame that has not come by then was lost. Milliseconds. */
const gapMaxMs = 500;
/** Grants remembered, to tell one that is told again. */
const grantsKnownMax = 256;

export interface PlayerReader {
  streamId: string;
  connection: SseConnection;
  keyPrefix: string;
  secretHash: string | null;
  timers: NodeJS.Timeout[];
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
    const texts = frames.flatMap((frame) => this.textsOf(frame));
    if (texts.length > 0) for (const { connection } of this.readers) connection.send(texts.join(''), texts.length);
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

  private textsOf(frame: PlayerStreamFrame): string[] {
    if (frame.kind === 'grant') return this.isNewGrant(frame.grant.id) ? [grantText(frame)] : [];
    const inOrder = this.order?.take({ ...frame, holding: resourceIdOf(frame.change) }) ?? [];
    return inOrder.filter(({ silent }) => !silent).map(changeText);
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

function changeText({ change }: HoldingFrame): string {
  const { type, key, delta, balanceAfter, reason, origin, ledgerId, occurredAt } = change;
  const told = { reason, origin, ledgerId, occurredAt };
  return type === 'item'
    ? eventText({
        event: 'inventory_changed',
        data: { kind: 'inventory_changed', itemKey: key, delta, quantity: balanceAfter, ...told },
      })
    : eventText({
        event: 'wallet_changed',
        data: { kind: 'wallet_changed', economyKey: key, delta, balance: balanceAfter, ...told },
      });
}

function grantText({ grant }: Extract<PlayerStreamFrame, { kind: 'grant' }>): string {
  const { id: grantId, kind: grantKind, sourceKind, contents, createdAt: occurredAt } = grant;
  const data = { kind: 'grant_created' as const, grantId, grantKind, sourceKind, contents, occurredAt };
  return eventText({ event: 'grant_created', data });
}

/** Text of one event as a client reads it. */
export function eventText(event: InventoryStreamEvent): string {
  return frameText(event);
}
