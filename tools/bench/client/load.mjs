/** Two ways to put load on a door: as fast as it answers, or at a rate that does not wait for it. */

import { Connection } from './connection.mjs';
import { Tally } from './tally.mjs';

const TICK_MS = 1;
/** Calls that found no idle connection wait; more than these seconds' worth means that the rate is not reached. */
const BACKLOG_SECONDS_MAX = 2;
/** After the end, what is under way may still come in for so long. */
const LATE_MS_MAX = 10_000;
const SUCCESS = 2;

/** @typedef {{ text: string, onBody?: (body: string) => void }} Request */
/** @typedef {() => Request | undefined} Plan gives the next request, undefined when there is none left */
/** @typedef {{ address: { host: string, port: number }, connections: number, seconds: number, warmUpSeconds: number }} Shape */

/** @param {Shape} shape */
function open({ address, connections }) {
  return Promise.all(Array.from({ length: connections }, () => Connection.open(address)));
}

/**
 * Every connection asks again as soon as it is answered, until the time or the plan is over.
 * @param {Plan} plan @param {Shape} shape @param {import('../worker-side.mjs').Tell} tell
 */
export async function closedLoop(plan, shape, tell) {
  const connections = await open(shape);
  const tally = new Tally(tell);
  let over = false;
  const stop = () => {
    over = true;
    tally.endCounted();
  };
  const warmedUp = after(shape.warmUpSeconds, () => tally.begin());
  const ended = after(shape.warmUpSeconds + shape.seconds, stop);
  const drive = (/** @type {Connection} */ connection) =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const next = () => {
        const request = over ? undefined : plan();
        if (request === undefined) return (stop(), resolve());
        const sentAt = performance.now();
        connection.ask(request.text, (status, body) => {
          if (settle(tally, request, sentAt, status, body)) next();
          else resolve();
        });
      };
      next();
    });
  await withinLateness(Promise.all(connections.map(drive)), shape);
  clearTimeout(warmedUp);
  clearTimeout(ended);
  tally.end();
  for (const connection of connections) connection.close();
  return tally.result();
}

/**
 * Calls arrive evenly, whether or not earlier ones were answered; a call's time counts from the moment it was due, so
 * that a stall is felt by every call that would have come in it.
 * @param {Plan} plan @param {Shape & { rate: number }} shape @param {import('../worker-side.mjs').Tell} tell
 */
export async function fixedRate(plan, shape, tell) {
  const idle = await open(shape);
  const tally = new Tally(tell);
  const total = Math.floor((shape.warmUpSeconds + shape.seconds) * shape.rate);
  /** @type {number[]} */
  const waiting = [];
  const startedAt = performance.now();
  let [issued, answered] = [0, 0];
  const arrive = (/** @type {() => void} */ finished) => {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * shape.rate) / 1_000));
    for (; issued < due; issued += 1) waiting.push(startedAt + (issued * 1_000) / shape.rate);
    if (waiting.length > shape.rate * BACKLOG_SECONDS_MAX) {
      const dropped = waiting.splice(0, waiting.length - Math.floor(shape.rate * BACKLOG_SECONDS_MAX));
      for (const dueAt of dropped) tally.failed(`not sent within ${Math.round(performance.now() - dueAt)} ms`);
      answered += dropped.length;
    }
    send(finished);
  };
  const send = (/** @type {() => void} */ finished) => {
    while (waiting.length > 0 && idle.length > 0) {
      const connection = /** @type {Connection} */ (idle.pop());
      const dueAt = /** @type {number} */ (waiting.shift());
      const request = /** @type {Request} */ (plan());
      connection.ask(request.text, (status, body) => {
        answered += 1;
        if (settle(tally, request, dueAt, status, body)) idle.push(connection);
        if (answered >= total) finished();
        else if (waiting.length > 0) send(finished);
      });
    }
    if (answered >= total) finished();
  };
  const timers = [after(shape.warmUpSeconds, () => tally.begin())];
  timers.push(after(shape.warmUpSeconds + shape.seconds, () => tally.endCounted()));
  /** @type {NodeJS.Timeout | undefined} */
  let ticking;
  const all = new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    ticking = setInterval(() => arrive(() => resolve()), TICK_MS);
  });
  await withinLateness(all, shape);
  clearInterval(ticking);
  timers.forEach((timer) => clearTimeout(timer));
  tally.end();
  for (const connection of idle) connection.close();
  return tally.result();
}

/**
 * @param {Tally} tally @param {Request} request @param {number} sinceMs @param {number} status @param {Buffer} body
 * @returns {boolean} whether the connection can be used again
 */
function settle(tally, request, sinceMs, status, body) {
  if (Math.floor(status / 100) !== SUCCESS) {
    tally.failed(`${request.text.split('\r\n', 1)[0]} answered ${status} ${body.toString('utf8')}`);
    return status !== 0;
  }
  tally.succeeded(performance.now() - sinceMs);
  request.onBody?.(body.toString('utf8'));
  return true;
}

/** @param {number} seconds @param {() => void} work */
function after(seconds, work) {
  if (seconds === 0) return void work();
  return setTimeout(work, seconds * 1_000);
}

/** @template T @param {Promise<T>} work @param {Shape} shape @returns {Promise<T>} */
async function withinLateness(work, { warmUpSeconds, seconds }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const withinMs = (warmUpSeconds + seconds) * 1_000 + LATE_MS_MAX;
    timer = setTimeout(() => reject(new Error('some calls were not answered within 10 s of the end')), withinMs);
  });
  try {
    return await Promise.race([work, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}
