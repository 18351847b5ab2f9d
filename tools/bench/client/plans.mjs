/** What the simulated players ask, scenario by scenario. */

import {
  BOARD_EVENT,
  CURRENCY,
  FULL_EVENT,
  FULL_METRICS,
  METRIC,
  MILESTONES,
  PRIZE_EVENTS,
  PRIZE_TARGET,
} from '../game.mjs';
import { Requests } from './requests.mjs';

const BOARD_ROWS_READ = 50;
const GRANTS_READ = 50;

/** @typedef {import('./load.mjs').Plan} Plan */
/** @typedef {{ id: string, path: string, secret: string, attemptId: string, fullAttemptId: string }} Player */
/** @typedef {{ player: Player, eventKey: string, attemptId: string, isComplete: boolean }} PrizeRun */
/** @typedef {{ player: Player, id: string }} Grant */

/** The players with what they have been told so far; each plan stands on what earlier ones left. */
export class Plans {
  /** @type {Player[]} */
  #players = [];
  /** @type {PrizeRun[]} */
  #prizeRuns = [];
  /** @type {Grant[]} */
  #grants = [];
  /** Boards by event. @type {Map<string, string>} */
  #boards = new Map();
  /** Of other events, by event and number of the player. @type {Map<string, string>} */
  #attempts = new Map();
  /** Makes every idempotency key a new one. */
  #writes = 0;
  #prizeRunsPlanned = 0;

  /** @param {{ address: import('./requests.mjs').Address, key: string, players: number, reporters: number }} game */
  constructor({ address, key, players, reporters }) {
    this.requests = new Requests(address, key);
    this.count = players;
    this.reporters = reporters;
  }

  /** @returns {Plan} every player once */
  register() {
    return times(this.count, (index) => {
      const player = { id: '', path: `/sdk/v1/players/p${index}`, secret: '', attemptId: '', fullAttemptId: '' };
      const onBody = (/** @type {string} */ body) => {
        const { data } = JSON.parse(body);
        player.secret = data.secret;
        player.id = data.playerId ?? '';
        this.#players.push(player);
      };
      return { text: this.requests.post(`${player.path}/register`, '', '{}'), onBody };
    });
  }

  /** @returns {Plan} every player takes its place on the board */
  enter() {
    return times(this.#players.length, (index) => {
      const player = this.#players[index];
      return this.#start(player, BOARD_EVENT, (attempt) => {
        player.attemptId = attempt.id;
        this.#boards.set(BOARD_EVENT, attempt.leaderboardId);
      });
    });
  }

  /** @param {{ eventKey: string, count: number }} job @returns {Plan} some players enter another event */
  enterEvent({ eventKey, count }) {
    return times(Math.min(count, this.#players.length), (index) =>
      this.#start(this.#players[index], eventKey, (attempt) => {
        this.#boards.set(eventKey, attempt.leaderboardId);
        this.#attempts.set(`${eventKey} ${index}`, attempt.id);
      }),
    );
  }

  /** @param {string} eventKey */
  boardOf(eventKey) {
    return { leaderboardId: this.#boards.get(eventKey) };
  }

  /** @param {number} index */
  playerId(index) {
    return this.#players[index].id;
  }

  /** A write of the player of that number, who has entered. @param {string} eventKey @param {number} index */
  write(eventKey, index) {
    const player = this.#players[index];
    const path = `${player.path}/events/${eventKey}/attempts/${this.#attempts.get(`${eventKey} ${index}`)}/progress`;
    return { text: this.requests.post(path, player.secret, this.#progressBody(1)) };
  }

  /** @returns {Plan} */
  progress() {
    return this.#everyone(this.reporters, (player) => {
      const path = `${player.path}/events/${BOARD_EVENT}/attempts/${player.attemptId}/progress`;
      return { text: this.requests.post(path, player.secret, this.#progressBody(1)) };
    });
  }

  /** @returns {Plan} whoever reports, in the event with everything */
  enterFull() {
    return times(Math.min(this.reporters, this.#players.length), (index) => {
      const player = this.#players[index];
      return this.#start(player, FULL_EVENT, ({ id }) => void (player.fullAttemptId = id));
    });
  }

  /** @returns {Plan} */
  progressFull() {
    return this.#everyone(this.reporters, (player) => this.#progressInFull(player, 1));
  }

  /** @returns {Plan} every attempt passes all milestones, so that what follows pays nothing */
  reachMilestones() {
    return times(Math.min(this.reporters, this.#players.length), (index) =>
      this.#progressInFull(this.#players[index], Math.max(...MILESTONES)),
    );
  }

  /** @param {Player} player @param {number} value */
  #progressInFull(player, value) {
    const metrics = FULL_METRICS.map((key) => `"${key}":${value}`).join(',');
    const path = `${player.path}/events/${FULL_EVENT}/attempts/${player.fullAttemptId}/progress`;
    const body = `{"mode":"increment","metrics":{${metrics}},"idempotencyKey":"${this.#nextKey()}"}`;
    return { text: this.requests.post(path, player.secret, body) };
  }

  /** @param {{ eventKey?: string }} job @returns {Plan} */
  board({ eventKey = BOARD_EVENT }) {
    const board = `/sdk/v1/leaderboards/${this.#boards.get(eventKey)}?limit=${BOARD_ROWS_READ}&includeSelf=true&externalId=`;
    return this.#everyone(this.count, (_, index) => ({ text: this.requests.get(`${board}p${index}`) }));
  }

  /** @returns {Plan} every player in every event that gives a prize, one event after the other */
  starts() {
    const total = this.#players.length * PRIZE_EVENTS.length;
    return () => {
      if (this.#prizeRunsPlanned >= total) return undefined;
      const at = this.#prizeRunsPlanned++;
      const player = this.#players[at % this.#players.length];
      const eventKey = PRIZE_EVENTS[Math.floor(at / this.#players.length)];
      return this.#start(player, eventKey, ({ id }) =>
        this.#prizeRuns.push({ player, eventKey, attemptId: id, isComplete: false }),
      );
    };
  }

  /** @returns {Plan} every started run reaches its target, which gives a grant */
  completions() {
    const runs = this.#prizeRuns.filter((run) => !run.isComplete);
    return times(runs.length, (index) => {
      const run = runs[index];
      const path = `${run.player.path}/events/${run.eventKey}/attempts/${run.attemptId}/progress`;
      const onBody = () => void (run.isComplete = true);
      return { text: this.requests.post(path, run.player.secret, this.#progressBody(PRIZE_TARGET)), onBody };
    });
  }

  /** @returns {Plan} players are told which grants wait for them */
  pendingGrants() {
    this.#grants = [];
    return times(this.#players.length, (index) => {
      const player = this.#players[index];
      const onBody = (/** @type {string} */ body) => {
        for (const { id } of JSON.parse(body).data) this.#grants.push({ player, id });
      };
      return { text: this.requests.get(`${player.path}/pending-grants?limit=${GRANTS_READ}`, player.secret), onBody };
    });
  }

  /** @returns {Plan} every grant once */
  claims() {
    const grants = spread(this.#grants);
    return times(grants.length, (index) => {
      const { player, id } = grants[index];
      const body = `{"idempotencyKey":"${this.#nextKey()}"}`;
      return { text: this.requests.post(`${player.path}/grants/${id}/claim`, player.secret, body) };
    });
  }

  /** @returns {Plan} every wallet is looked into once */
  openWallets() {
    return times(this.#players.length, (index) => this.#wallet(this.#players[index]));
  }

  /** @returns {Plan} */
  debits() {
    return this.#everyone(this.count, (player) => this.#debit(player));
  }

  /** @returns {Plan} everybody spends from one purse */
  hotDebits() {
    return this.#everyone(1, (player) => this.#debit(player));
  }

  /** @param {Player} player */
  #debit(player) {
    const body = `{"amount":1,"reason":"bench","idempotencyKey":"${this.#nextKey()}"}`;
    return { text: this.requests.post(`${player.path}/wallet/${CURRENCY}/debit`, player.secret, body) };
  }

  /** @returns {Plan} */
  wallets() {
    return this.#everyone(this.count, (player) => this.#wallet(player));
  }

  /** @param {Player} player */
  #wallet(player) {
    return { text: this.requests.get(`${player.path}/wallet`, player.secret) };
  }

  /** @param {Player} player @param {string} eventKey @param {(attempt: { id: string, leaderboardId: string }) => void} onAttempt */
  #start(player, eventKey, onAttempt) {
    const body = `{"idempotencyKey":"${this.#nextKey()}"}`;
    return {
      text: this.requests.post(`${player.path}/events/${eventKey}/start`, player.secret, body),
      onBody: (/** @type {string} */ reply) => void onAttempt(JSON.parse(reply).data.attempt),
    };
  }

  /** @param {number} amount */
  #progressBody(amount) {
    return `{"mode":"increment","metrics":{"${METRIC}":${amount}},"idempotencyKey":"${this.#nextKey()}"}`;
  }

  /** Round and round. @param {number} count @param {(player: Player, index: number) => import('./load.mjs').Request} request */
  #everyone(count, request) {
    let turn = 0;
    return () => {
      const index = turn++ % Math.min(count, this.#players.length);
      return request(this.#players[index], index);
    };
  }

  #nextKey() {
    return `bench-${this.#writes++}`;
  }
}

/** @param {number} count @param {(index: number) => import('./load.mjs').Request} request @returns {Plan} */
function times(count, request) {
  let next = 0;
  return () => (next < count ? request(next++) : undefined);
}

/** The first grant of every player, then the second: neighbours in time are different players. @param {Grant[]} grants */
function spread(grants) {
  /** @type {Map<Player, number>} */
  const seen = new Map();
  const rounds = grants.map((grant) => {
    const round = seen.get(grant.player) ?? 0;
    seen.set(grant.player, round + 1);
    return { grant, round };
  });
  return rounds.toSorted((a, b) => a.round - b.round).map(({ grant }) => grant);
}
