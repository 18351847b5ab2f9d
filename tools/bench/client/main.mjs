/** The process that plays all players. */

import { serveJobs } from '../worker-side.mjs';
import { closedLoop, fixedRate } from './load.mjs';
import { Plans } from './plans.mjs';
import { awaitEnds, readStreams } from './streams.mjs';

/** @typedef {Exclude<keyof Plans, 'requests' | 'count' | 'reporters' | 'boardOf' | 'write' | 'playerId'>} PlanName */

/** @type {Plans} */
let plans;

serveJobs(async (/** @type {any} */ job, tell) => {
  if (job.game !== undefined) {
    plans = new Plans(job.game);
    return {};
  }
  if (job.boardOf !== undefined) return plans.boardOf(job.boardOf);
  if (job.streams !== undefined) return readStreams(plans, job, tell);
  if (job.ends !== undefined) return awaitEnds();
  // A door of another kind, for comparison: the same client asks it for one page.
  const plan = job.path === undefined ? plans[/** @type {PlanName} */ (job.plan)](job) : onePage(job);
  return job.rate === undefined ? closedLoop(plan, job, tell) : fixedRate(plan, job, tell);
});

/** @param {{ path: string, address: { host: string, port: number } }} job */
function onePage({ path, address }) {
  const text = `GET ${path} HTTP/1.1\r\nhost: ${address.host}:${address.port}\r\n\r\n`;
  return () => ({ text });
}
