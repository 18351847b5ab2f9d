import { Injectable } from '@nestjs/common';
import { playerStreamSubject, type PlayerStreamFrame } from '@kraty/contracts/economy';
import type { Grant } from '@kraty/contracts/grants';
import { Messenger } from '@kraty/platform/messaging';
import type { LedgerRow } from '../ledger/movement.js';

/** Tells the open inventory streams of players what has been committed (08 §9). */
@Injectable()
export class InventoryStreams {
  constructor(private readonly messenger: Messenger) {}

  /** One message a player, in the order of the rows. Whoever does not listen now reads the lists instead. */
  tell(rows: readonly LedgerRow[]): void {
    this.broadcast(rows.map((row) => [row.movement.playerId, frameOf(row)]));
  }

  tellGrants(created: readonly { playerId: string; grant: Grant }[]): void {
    this.broadcast(created.map(({ playerId, grant }) => [playerId, grantFrameOf(grant)]));
  }

  private broadcast(frames: readonly [string, PlayerStreamFrame][]): void {
    const byPlayer = new Map<string, PlayerStreamFrame[]>();
    for (const [playerId, frame] of frames) {
      const together = byPlayer.get(playerId);
      if (together) together.push(frame);
      else byPlayer.set(playerId, [frame]);
    }
    for (const [playerId, together] of byPlayer) this.messenger.broadcast(playerStreamSubject(playerId), together);
  }
}

function grantFrameOf({ id, kind, sourceKind, contents, createdAt }: Grant): PlayerStreamFrame {
  return { kind: 'grant', grant: { id, kind, sourceKind, contents, createdAt } };
}

function frameOf({ movement, type, key, delta, balanceAfter, revision, ledgerId }: LedgerRow): PlayerStreamFrame {
  const { reason, origin, at, silent } = movement;
  const occurredAt = at.toISOString();
  const change = { type, key, delta, balanceAfter, reason, origin, ledgerId, occurredAt };
  return { kind: 'holding', revision, silent, change };
}
