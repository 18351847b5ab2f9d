import { ownerId } from './owned-resource.js';
import { ownerOf, type Write } from './write.js';

/** Players of a batch were merged away: nothing is written, and the batch begins anew for who has taken them over. */
export class MergedAwayError extends Error {
  /** @param owners ids by `ownerId` of the merged player */
  constructor(private readonly owners: ReadonlyMap<string, string>) {
    super('players of the batch were merged away');
  }

  /** The same write on what the player's things have become; its name stays, and so it has one effect (12 §7.4). */
  readdressed(write: Write): Write {
    const present = this.owners.get(ownerId(ownerOf(write)));
    return present === undefined ? write : { ...write, heldBy: present };
  }
}
