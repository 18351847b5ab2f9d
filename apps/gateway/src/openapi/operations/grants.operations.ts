import { ClaimGrantBody } from '@kraty/contracts/sdk';
import { GrantsController } from '../../sdk/grants.controller.js';
import { described } from '../operation.js';

/** 02 §§5–6. */
export const grantsOperations = described(GrantsController, {
  pending: {
    id: 'listPendingGrants',
    tag: 'Grants',
    summary: 'List rewards that wait to be claimed',
    parameters: ['limit'],
    replies: {
      200: {
        description: 'Pending grants that have not expired, newest first.',
        component: 'PendingGrantsResponse',
        example: { data: [] },
      },
    },
  },
  claim: {
    id: 'claimGrant',
    tag: 'Grants',
    summary: 'Claim a reward',
    description:
      'Deposits its entries in the same step. A claimed grant answers 200 with the same row, however often. Reasons of a ' +
      '`conflict`: `grant_expired`, `crate_must_be_opened`, `balance_limit`.',
    body: ClaimGrantBody,
    bodyExample: {},
    replies: {
      200: {
        description: 'The grant after the claim.',
        component: 'ClaimGrantResponse',
        example: {
          data: {
            id: '0198f0e0-0000-7000-8000-000000000001',
            kind: 'reward',
            contents: { entries: [{ type: 'currency', currencyKey: 'pearls', amount: 20 }] },
            sourceKind: 'event_completion',
            sourceRefId: '0198f0c1-0000-7000-8000-000000000001',
            parentGrantId: null,
            status: 'claimed',
            rolledAt: '2026-09-01T08:05:12.000Z',
            claimedAt: '2026-09-01T08:06:00.000Z',
            expiresAt: null,
            createdAt: '2026-09-01T08:05:12.000Z',
            ackedBy: 'sdk',
          },
        },
      },
    },
    refusals: ['not_found', 'conflict'],
  },
});
