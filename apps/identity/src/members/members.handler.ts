import { Controller } from '@nestjs/common';
import {
  authorizeOperator,
  listMembers,
  type AuthorizeOperator,
  type MemberStatus,
  type Operator,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { AccessService } from './access.service.js';
import { MembersService } from './members.service.js';

@Controller()
export class MembersHandler {
  constructor(
    private readonly access: AccessService,
    private readonly members: MembersService,
  ) {}

  @HandleRequest(authorizeOperator)
  async authorize({ operator, permission, studioId, gameId, sessionOnly = false }: AuthorizeOperator) {
    await this.access.require(operator, permission, { studioId, gameId }, { sessionOnly });
    return { game: gameId === null ? null : { studioId, gameId } };
  }

  @HandleRequest(listMembers)
  list({ operator, studioId, status }: { operator: Operator; studioId: string; status: MemberStatus | null }) {
    return this.members.list(operator, studioId, status);
  }
}
