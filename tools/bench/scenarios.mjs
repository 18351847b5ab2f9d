/** What is measured, in an order in which each finds what it stands on. */

import { TRIALS } from './trials.mjs';

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} what one of them is called in the table
 * @property {string} plan
 * @property {string} [limit] the raw limit it is compared with
 * @property {string[]} [after] plans that must have run to their end
 * @property {boolean} [fixedRate]
 * @property {{ perSecond?: number, p99Ms?: number }} [target] of the whole bench, on two cores
 */

/** Everything but registering stands on players who have entered. */
const ENTERED = ['register', 'enter'];
/** A player's first look at the wallet fills it, which is not what is measured here. */
const WITH_WALLETS = [...ENTERED, 'openWallets'];

/** @type {Scenario[]} */
export const SCENARIOS = [
  {
    name: 'progress',
    what: 'progress',
    plan: 'progress',
    limit: 'sql',
    after: ENTERED,
    target: { perSecond: 3_000, p99Ms: 60 },
  },
  {
    name: 'progress-paying',
    what: 'progress, milestones paying',
    plan: 'progressFull',
    limit: 'sql',
    after: [...ENTERED, 'enterFull'],
  },
  {
    name: 'progress-full',
    what: 'progress, full configuration',
    plan: 'progressFull',
    limit: 'sql',
    after: [...ENTERED, 'enterFull', 'reachMilestones'],
    target: { perSecond: 4_500, p99Ms: 60 },
  },
  {
    name: 'progress-rate',
    what: 'progress, fixed rate',
    plan: 'progress',
    limit: 'sql',
    after: ENTERED,
    fixedRate: true,
    target: { p99Ms: 60 },
  },
  {
    name: 'board',
    what: 'board read, 100,000 rows',
    plan: 'board',
    limit: 'http',
    after: [...ENTERED, 'crowd'],
    target: { perSecond: 10_000 },
  },
  { name: 'starts', what: 'start', plan: 'starts', limit: 'sql', after: ENTERED },
  {
    name: 'completions',
    what: 'completing progress',
    plan: 'completions',
    limit: 'sql',
    after: [...ENTERED, 'starts'],
  },
  {
    name: 'claims',
    what: 'claim',
    plan: 'claims',
    limit: 'sql',
    after: [...WITH_WALLETS, 'starts', 'completions', 'pendingGrants'],
  },
  {
    name: 'debits',
    what: 'debit, distinct players',
    plan: 'debits',
    limit: 'debit',
    after: WITH_WALLETS,
    target: { perSecond: 3_000, p99Ms: 60 },
  },
  { name: 'hot-debits', what: 'debit, one player', plan: 'hotDebits', limit: 'debit', after: WITH_WALLETS },
  { name: 'wallets', what: 'wallet read', plan: 'wallets', limit: 'http', after: WITH_WALLETS },
];

/** The raw limits, each a job of its own. */
export const LIMITS = [
  { name: 'sql', what: 'one statement: attempt + key + outbox' },
  { name: 'debit', what: 'one statement: holding + ledger row + key + outbox' },
  { name: 'redis', what: 'Redis Lua, auto-pipelined' },
  { name: 'nats', what: 'NATS request/reply' },
  { name: 'http', what: 'bare Fastify reply' },
];

export const SCENARIO_NAMES = [...SCENARIOS, ...TRIALS].map(({ name }) => name).concat('limits');
