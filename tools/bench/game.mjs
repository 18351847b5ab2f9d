/** The game that is played, and how it comes to be. */

import { NatsLink, Messenger } from '@kraty/platform/messaging';
import { Logger } from '@kraty/platform/logging';
import {
  applyConfiguration,
  authenticateOperator,
  configurationDeadlineMs,
  createApiKey,
  createGame,
  listStudios,
  login,
} from '@kraty/contracts/identity';

/** The event on whose board everyone stands. */
export const BOARD_EVENT = 'pearl_tide';
export const METRIC = 'shells';
export const CURRENCY = 'gold';
export const PRIZE_TARGET = 10;
const PRIZE_EVENT_COUNT = 6;
const PRIZE_BUNDLE = 'prize';
/** Nobody runs out of it. */
const PURSE = 1_000_000;

/** Each can be completed once by every player, for a reward. */
export const PRIZE_EVENTS = Array.from({ length: PRIZE_EVENT_COUNT }, (_, index) => `dash_${index}`);

const ORIGIN = { requestId: 'bench', ip: '127.0.0.1', userAgent: 'bench' };

const document = {
  apiVersion: 'kraty/v1',
  kind: 'GameConfig',
  game: { slug: 'bench' },
  items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
  currencies: [{ key: CURRENCY, name: 'Gold', kind: 'currency', initialBalance: PURSE }],
  rewardBundles: [
    {
      key: PRIZE_BUNDLE,
      name: 'Prize',
      entries: [
        { type: 'currency', currencyKey: CURRENCY, amount: 100 },
        { type: 'item', itemKey: 'torch', quantity: 1 },
      ],
    },
  ],
  events: [
    {
      key: BOARD_EVENT,
      name: 'Pearl tide',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: METRIC, target: 1_000_000_000 }],
    },
    ...PRIZE_EVENTS.map((key) => ({
      key,
      name: key,
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: METRIC, target: PRIZE_TARGET, capAtTarget: true }],
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: PRIZE_BUNDLE } },
    })),
  ],
};

/**
 * @param {{ natsUrl: string, admin: { email: string, password: string } }} where
 * @returns {Promise<string>} a client key of the game's live environment
 */
export async function makeGame({ natsUrl, admin }) {
  const link = await NatsLink.open({ url: natsUrl, name: 'bench' });
  try {
    return await makeThrough(new Messenger(link, Logger.silent()), admin);
  } finally {
    await link.close();
  }
}

/** @param {Messenger} messenger @param {{ email: string, password: string }} admin */
async function makeThrough(messenger, admin) {
  const { token } = await messenger.request(login, { ...admin, totp: null, ...ORIGIN });
  const credential = { kind: /** @type {const} */ ('session'), token, csrfToken: null, unsafe: false };
  const { operator } = await messenger.request(authenticateOperator, { credential, ...ORIGIN });
  const [studio] = await messenger.request(listStudios, { operator });
  const studioId = /** @type {{ id: string }} */ (studio).id;
  const game = await messenger.request(createGame, { operator, studioId, displayName: 'Bench', slug: 'bench' });
  const where = { operator, studioId, gameId: game.id };
  const apply = { ...where, document, mode: /** @type {const} */ ('merge'), planHash: null, reason: 'bench' };
  await messenger.request(applyConfiguration, apply, { deadlineMs: configurationDeadlineMs });
  const key = { name: 'bench', permissionSet: /** @type {const} */ ('client_sdk'), expiresAt: null, rateLimits: null };
  return (await messenger.request(createApiKey, { ...where, ...key, environment: 'live' })).plaintext;
}
