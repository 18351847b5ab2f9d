import { ConsumeItemBody, DebitWalletBody, ProgressWalletBody } from '@kraty/contracts/sdk';
import { CatalogController } from '../../sdk/catalog.controller.js';
import { HoldingsController } from '../../sdk/holdings.controller.js';
import { InventoryStreamsController } from '../../streams/inventory-streams.controller.js';
import { described } from '../operation.js';

const stamps = { metadata: {}, createdAt: '2026-09-01T08:00:00.000Z', updatedAt: '2026-09-01T08:06:00.000Z' };
const named = { iconUrl: null, description: null };

const short = 'Where less is held than asked, `conflict` says `insufficient_balance` and nothing changes.';

/** 02 §§10–11. */
export const holdingsOperations = described(HoldingsController, {
  inventory: {
    id: 'listInventory',
    tag: 'Inventory',
    summary: 'List the items a player holds',
    replies: {
      200: {
        description: 'Items with a quantity above 0, by key.',
        component: 'InventoryListResponse',
        example: { data: { items: [{ itemKey: 'bait', quantity: 3, ...stamps }] } },
      },
    },
  },
  wallet: {
    id: 'listWallet',
    tag: 'Inventory',
    summary: 'List the balances of a player',
    replies: {
      200: {
        description: 'Every entry ever touched, zero balances included, by key.',
        component: 'WalletListResponse',
        example: { data: { wallet: [{ economyKey: 'pearls', balance: 0, ...stamps }] } },
      },
    },
  },
  consume: {
    id: 'consumeItem',
    tag: 'Inventory',
    summary: 'Use up items',
    description: short,
    body: ConsumeItemBody,
    bodyExample: { quantity: 2, idempotencyKey: 'c-9' },
    replies: {
      200: {
        description: '`quantity` is what is held after the call; `applied` is false on a replay.',
        component: 'ConsumeItemResponse',
        headers: ['Idempotency-Replayed'],
        example: { data: { itemKey: 'bait', quantity: 1, applied: true } },
      },
    },
    refusals: ['conflict', 'idempotency_conflict'],
  },
  debit: {
    id: 'debitWallet',
    tag: 'Inventory',
    summary: 'Spend from a balance',
    description: short,
    body: DebitWalletBody,
    bodyExample: { amount: 50, reason: 'shop', idempotencyKey: 'd-3' },
    replies: {
      200: {
        description: '`balance` is what is left after the call; `applied` is false on a replay.',
        component: 'DebitWalletResponse',
        headers: ['Idempotency-Replayed'],
        example: { data: { economyKey: 'pearls', balance: 150, applied: true } },
      },
    },
    refusals: ['conflict', 'idempotency_conflict'],
  },
  progress: {
    id: 'progressWallet',
    tag: 'Inventory',
    summary: 'Move a progression forward or back',
    description:
      'Only progressions that clients may write. A larger step back stops at 0. `derived` names the progressions that ' +
      'followed, with the grants of levels reached for the first time; a grant that is late comes all the same.',
    body: ProgressWalletBody,
    bodyExample: { amount: 120, idempotencyKey: 'p-1' },
    replies: {
      200: {
        description: '`balance` is what it stands at after the call; `applied` is false on a replay.',
        component: 'ProgressWalletResponse',
        headers: ['Idempotency-Replayed'],
        example: {
          data: {
            ...{ economyKey: 'xp', balance: 340, applied: true },
            derived: [{ economyKey: 'level', previous: 2, current: 3, delta: 1, grantIds: [] }],
          },
        },
      },
    },
    refusals: ['forbidden', 'not_found', 'conflict', 'idempotency_conflict'],
  },
});

/** 02 §10.3. */
export const inventoryStreamOperations = described(InventoryStreamsController, {
  stream: {
    id: 'streamInventory',
    tag: 'Inventory',
    summary: 'Follow what a player holds',
    description:
      'Server-sent events: `ready`, then `inventory_changed`, `wallet_changed` and `grant_created`, whatever caused ' +
      'them. After a drop the lists are read again. At most five streams a player; each ends after 30 minutes.',
    replies: {
      200: { description: 'The open stream.', component: 'InventoryStreamEvent', mediaType: 'text/event-stream' },
    },
  },
});

/** 02 §12. */
export const catalogOperations = described(CatalogController, {
  read: {
    id: 'readCatalog',
    tag: 'Catalog',
    summary: 'Read everything the game can give',
    parameters: ['ifNoneMatch'],
    replies: {
      200: {
        description: 'Items and currencies by key, archived ones left out.',
        component: 'CatalogResponse',
        headers: ['ETag'],
        example: {
          data: {
            items: [
              {
                key: 'bait',
                name: 'Bait',
                ...named,
                itemTypeKey: 'consumable',
                tags: [],
                rarity: null,
                attributes: {},
              },
            ],
            currencies: [{ key: 'pearls', name: 'Pearls', ...named, kind: 'currency' }],
          },
        },
      },
      304: { description: 'The copy named by `If-None-Match` is the present one.', headers: ['ETag'] },
    },
  },
});
