/** A process for one end of a raw limit. */

import { serveJobs } from '../worker-side.mjs';

serveJobs(async (/** @type {any} */ job, tell) => {
  switch (job.limit) {
    case 'sql':
      return (await import('./sql.mjs')).sql(job, tell);
    case 'debit':
      return (await import('./debit.mjs')).debit(job, tell);
    case 'redis':
      return (await import('./redis.mjs')).redis(job, tell);
    case 'nats':
      return (await import('./nats.mjs')).nats(job, tell);
    case 'nats-responder':
      return (await import('./nats.mjs')).natsResponder(job);
    case 'http':
      return (await import('./http.mjs')).http();
    default:
      throw new Error(`there is no limit ${job.limit}`);
  }
});
