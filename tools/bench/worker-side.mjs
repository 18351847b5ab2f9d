/** The other end of `worker.mjs`, inside the process that makes load. */

/** @typedef {import('./worker.mjs').Result} Result */
/** @typedef {{ measuring(): void, measured(): void }} Tell */

/** @type {Tell} */
const tell = {
  measuring: () => void process.send?.({ moment: 'measuring' }),
  measured: () => void process.send?.({ moment: 'measured' }),
};

/** Does jobs one after the other, as they come. @param {(job: never, tell: Tell) => Promise<Result | object>} work */
export function serveJobs(work) {
  process.on('message', (job) => {
    work(/** @type {never} */ (job), tell).then(
      (result) => process.send?.({ result }),
      (error) => process.send?.({ error: error.stack ?? String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true });
}
