import { ClaimGrantBody, OpenCrateBody, SelfGrantBody } from '@kraty/contracts/sdk';
import { GrantsController } from '../../sdk/grants.controller.js';
import { described } from '../operation.js';

const given = {
  id: '0198f0e6-0000-7000-8000-000000000001',
  kind: 'reward',
  contents: { entries: [{ type: 'item', itemKey: 'bait', quantity: 3 }] },
  sourceKind: 'crate_open',
  sourceRefId: '0198f0e5-0000-7000-8000-000000000001',
  parentGrantId: '0198f0e5-0000-7000-8000-000000000001',
  status: 'pending',
  rolledAt: '2026-09-01T08:06:00.000Z',
  claimedAt: null,
  expiresAt: null,
  createdAt: '2026-09-01T08:06:00.000Z',
  ackedBy: null,
};

const crate = {
  ...given,
  id: '0198f0e5-0000-7000-8000-000000000001',
  kind: 'crate',
  contents: { crateItemKey: 'net', entries: [{ type: 'crate', crateItemKey: 'net', quantity: 1 }] },
  sourceKind: 'event_completion',
  sourceRefId: '0198f0c1-0000-7000-8000-000000000001',
  parentGrantId: null,
  status: 'claimed',
  claimedAt: '2026-09-01T08:06:00.000Z',
  ackedBy: 'sdk',
};

const own = {
  ...given,
  sourceKind: 'client',
  sourceRefId: null,
  parentGrantId: null,
  status: 'claimed',
  rolledAt: null,
  claimedAt: '2026-09-01T08:06:00.000Z',
  ackedBy: 'auto',
};

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
  open: {
    id: 'openCrate',
    tag: 'Grants',
    summary: 'Open a crate',
    description:
      'Rolls what the crate holds, once. A replay shows the same contents in their present state; they are claimed by ' +
      'themselves. Reasons of a `conflict`: `not_a_crate`, `grant_expired`, `crate_unconfigured`.',
    body: OpenCrateBody,
    bodyExample: {},
    replies: {
      200: {
        description: 'The opened crate and what it held.',
        component: 'OpenCrateResponse',
        example: { data: { crate, contents: given } },
      },
    },
    refusals: ['not_found', 'conflict'],
  },
  give: {
    id: 'selfGrant',
    tag: 'Grants',
    summary: 'Give yourself a grant',
    description:
      'Only in games whose inventory management is `permissive`. A reward is deposited at once; a crate waits to be ' +
      'opened. Reason of a `conflict`: `balance_limit`.',
    body: SelfGrantBody,
    bodyExample: { entries: [{ type: 'item', itemKey: 'bait', quantity: 3 }], idempotencyKey: 'g-1' },
    replies: {
      201: { description: 'The new grant.', component: 'SelfGrantResponse', example: { data: own } },
      200: {
        description: 'The grant an earlier call has made.',
        component: 'SelfGrantResponse',
        example: { data: own },
      },
    },
    refusals: ['inventory_not_permissive', 'invalid_metric', 'idempotency_conflict', 'conflict'],
  },
});
