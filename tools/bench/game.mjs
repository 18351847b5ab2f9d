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
/** The event that uses everything a progress call can meet: validators, milestones, contributed boards. */
export const FULL_EVENT = 'pearl_trial';
export const FULL_METRICS = [METRIC, 'crabs', 'stars'];
/** Its milestones, by the first metric. */
export const MILESTONES = [10, 20];
/** Events whose boards the trials fill in ways of their own: with a crowd, with bots, and as the bots' counterpart. */
export const CROWD_EVENT = 'pearl_crowd';
export const BOT_EVENT = 'pearl_bots';
export const NO_BOT_EVENT = 'pearl_humans';
export const STREAM_EVENT = 'pearl_streams';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BOTS_A_BINDING = 125;
/** One of each kind: with the clock alone, and with an eye on the players. */
const BOTS = [
  { key: 'linear', block: 'progress_linear', params: { targetScore: 100_000, variance: 0.2 } },
  { key: 'burst', block: 'progress_burst', params: { targetScore: 100_000 } },
  { key: 'pacer', block: 'match_player_pace', params: { ratio: 0.9 } },
  { key: 'stepper', block: 'random_step_with_fall', params: { targetScore: 500 } },
];
export const CURRENCY = 'gold';
export const PRIZE_TARGET = 10;
const PRIZE_EVENT_COUNT = 6;
const PRIZE_BUNDLE = 'prize';
/** Nobody runs out of it. */
const PURSE = 1_000_000;

/** Each can be completed once by every player, for a reward. */
export const PRIZE_EVENTS = Array.from({ length: PRIZE_EVENT_COUNT }, (_, index) => `dash_${index}`);

/** A password is slow to compare on purpose, and services that have just started have other things to do. */
const SET_UP = { deadlineMs: 30_000 };

const ORIGIN = { requestId: 'bench', ip: '127.0.0.1', userAgent: 'bench' };

/** @param {string} key */
const plain = (key) => ({
  key,
  name: key,
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: METRIC, target: 1_000_000_000 }],
});

/** A window that is open. */
const today = () => ({
  mode: 'fixed_window',
  startsAt: new Date(Date.now() - HOUR_MS).toISOString(),
  endsAt: new Date(Date.now() + DAY_MS).toISOString(),
});

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
  // One keeps the best, the other adds up: the two ways in which a board counts what events bring.
  leaderboards: [
    { key: 'season', name: 'Season', resetCadence: 'monthly', scoreAggregation: 'best' },
    { key: 'guilds', name: 'Guilds', resetCadence: 'weekly', scoreAggregation: 'sum' },
  ],
  bots: BOTS.map(({ key, block, params }) => ({ key, name: key, behavior: { type: 'single', block, params } })),
  events: [
    {
      key: BOARD_EVENT,
      name: 'Pearl tide',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: METRIC, target: 1_000_000_000 }],
    },
    {
      key: FULL_EVENT,
      name: 'Pearl trial',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: FULL_METRICS.map((key) => ({ key, cap: 1_000_000, target: 1_000_000_000 })),
      contributesTo: ['season', 'guilds'],
      // Far above what the bench writes: they are run and find nothing, as for nearly every write of a real game.
      antiCheat: {
        validators: [
          { key: 'max_metric_rate', params: { metricKey: METRIC, maxPerSecond: 10_000 } },
          { key: 'max_metric_jump', params: { metricKey: 'crabs', maxDelta: 1_000, verdict: 'reject' } },
        ],
      },
      milestoneRewards: MILESTONES.map((threshold) => ({
        key: `${METRIC}_${threshold}`,
        metricKey: METRIC,
        threshold,
        rewardBundleKey: PRIZE_BUNDLE,
      })),
    },
    { ...plain(CROWD_EVENT), availability: today() },
    { ...plain(NO_BOT_EVENT), availability: today() },
    {
      ...plain(BOT_EVENT),
      availability: today(),
      botBindings: BOTS.map(({ key }) => ({ botKey: key, count: BOTS_A_BINDING })),
    },
    plain(STREAM_EVENT),
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
  const { token } = await messenger.request(login, { ...admin, totp: null, ...ORIGIN }, SET_UP);
  const credential = { kind: /** @type {const} */ ('session'), token, csrfToken: null, unsafe: false };
  const { operator } = await messenger.request(authenticateOperator, { credential, ...ORIGIN }, SET_UP);
  const [studio] = await messenger.request(listStudios, { operator }, SET_UP);
  const studioId = /** @type {{ id: string }} */ (studio).id;
  const game = await messenger.request(createGame, { operator, studioId, displayName: 'Bench', slug: 'bench' }, SET_UP);
  const where = { operator, studioId, gameId: game.id };
  const apply = { ...where, document, mode: /** @type {const} */ ('merge'), planHash: null, reason: 'bench' };
  await messenger.request(applyConfiguration, apply, { deadlineMs: configurationDeadlineMs });
  const key = { name: 'bench', permissionSet: /** @type {const} */ ('client_sdk'), expiresAt: null, rateLimits: null };
  return (await messenger.request(createApiKey, { ...where, ...key, environment: 'live' }, SET_UP)).plaintext;
}
