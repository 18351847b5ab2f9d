import { Injectable } from '@nestjs/common';
import type { Operator, Permission } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { judgeAccess, type Standing } from './access.js';
import { MembersStore } from './members.store.js';

export interface Place {
  studioId: string;
  /** Null for what concerns the whole studio. */
  gameId: string | null;
}

/** The one place where an operator's permission is asked for. */
@Injectable()
export class AccessService {
  constructor(private readonly members: MembersStore) {}

  /**
   * @returns the member's roles in the studio
   * @throws not_found without a role there, forbidden with `details.required`, session_required
   */
  async require(
    operator: Operator,
    permission: Permission,
    place: Place,
    options = { sessionOnly: false },
  ): Promise<Standing> {
    const { studioId, gameId } = place;
    if (!isUuid(studioId) || (gameId !== null && !isUuid(gameId))) throw unseen(place);
    const standing = await this.members.findStanding(operator.memberId, studioId, gameId);
    if (standing === null) throw unseen(place);
    switch (judgeAccess(standing, operator.limitedTo, { permission, gameId, ...options })) {
      case 'granted':
        return standing;
      case 'invisible':
        throw unseen(place);
      case 'session_required':
        throw fail('session_required', 'an access token cannot do this; sign in');
      case 'forbidden':
        throw fail('forbidden', `the permission ${permission} is needed`, { required: permission });
    }
  }
}

function unseen({ gameId }: Place) {
  const resource = gameId === null ? 'studio' : 'game';
  return fail('not_found', `there is no such ${resource}`, { resource });
}
