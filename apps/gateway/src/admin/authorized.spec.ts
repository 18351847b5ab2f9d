import { authorizeOperator, type Operator } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import type { Messenger } from '@kraty/platform/messaging';
import type { FastifyRequest } from '../http/request-context.js';
import { authorized } from './authorized.js';

const operator = { memberId: 'm', email: 'mira@example.com' } as Operator;
const request = { kraty: { operator }, params: { studioId: 'S1', gameId: 'G1' } } as unknown as FastifyRequest;

/** Identity, which notes what it is asked. */
function identity(answer: () => Promise<unknown>) {
  const asked: unknown[] = [];
  const messenger = { request: (...call: unknown[]) => (asked.push(...call), answer()) } as unknown as Messenger;
  return { asked, messenger };
}

describe('an authorized operator', () => {
  it('is asked for at identity, with the game of the path in one case', async () => {
    const { asked, messenger } = identity(async () => ({ game: null }));
    const game = { studioId: 's1', gameId: 'g1' };
    expect(await authorized(messenger, request, 'grant.manual_create')).toEqual({ operator, game });
    expect(asked).toEqual([authorizeOperator, { operator, permission: 'grant.manual_create', ...game }]);
  });

  it('has a session where the route says so', async () => {
    const { asked, messenger } = identity(async () => ({ game: null }));
    await authorized(messenger, request, 'grant.manual_force_claim', { sessionOnly: true });
    expect(asked[1]).toMatchObject({ sessionOnly: true });
  });

  it('is nobody whom identity refuses', async () => {
    const { messenger } = identity(() => Promise.reject(fail('forbidden', 'no')));
    await expect(authorized(messenger, request, 'grant.manual_force_claim')).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
