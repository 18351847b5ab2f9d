import { RegisterBody } from '@kraty/contracts/sdk';
import { PlayersController } from '../../sdk/players.controller.js';
import { described } from '../operation.js';

/** 02 §9. */
export const playersOperations = described(PlayersController, {
  register: {
    id: 'registerPlayer',
    tag: 'Players',
    summary: 'Register a player and get the player secret',
    description:
      'The secret is shown in this reply alone. Repeated with the same `idempotencyKey` within 10 minutes, before the ' +
      'secret has been used, the call answers 201 again with a new secret.',
    body: RegisterBody,
    bodyExample: { idempotencyKey: 'r-1' },
    parameters: ['force'],
    replies: {
      201: {
        description: 'The player is registered.',
        component: 'RegisterPlayerResponse',
        example: {
          data: {
            playerId: '0198f090-0000-7000-8000-000000000001',
            externalPlayerId: 'mira',
            secret: 'h3Kp9wQzR4tYb7NcV1mXs8Ld0GfJa2UeHi5Ok6PqTrW',
            secretPrefix: 'h3Kp9wQz',
            registeredAt: '2026-09-01T07:59:58.000Z',
            country: 'PT',
            syntheticIdentity: { name: 'Quiet Heron', avatar: null },
            displayIdentity: { name: 'Quiet Heron', avatar: null, country: 'PT' },
            anonymizedIdentity: { name: 'Quiet Heron', avatar: null, country: 'PT' },
          },
        },
      },
    },
    refusals: ['player_already_registered', 'player_banned'],
  },
});
