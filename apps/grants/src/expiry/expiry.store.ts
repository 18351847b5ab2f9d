import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';

/**
 * Rows with a deposit under way are left alone, and those whose deposit was refused a moment ago as well: a second
 * claimer may be about to succeed where the first was refused, and then the grant is claimed, not expired.
 */
const expireDue = statement(
  'grants-expire-due',
  `update player_grant
      set status = 'expired', revision = revision + 1
    where id in (
      select id from player_grant
       where status = 'pending' and expires_at <= $1 and deposit_state = 'none'
         and (deposit_requested_at is null or deposit_requested_at <= $2)
       order by expires_at
       limit $3
         for update skip locked)
   returning ${grantColumns}`,
);

@Injectable()
export class ExpiryStore {
  /** Expires at most `rowsMax` due rows; answers those it expired. */
  async expireDue(tx: Tx, now: Date, settledBefore: Date, rowsMax: number): Promise<GrantRow[]> {
    return tx.query<GrantRow>(expireDue, [now, settledBefore, rowsMax]);
  }
}
