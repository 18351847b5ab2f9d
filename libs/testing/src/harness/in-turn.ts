/** Work that a service does again and again by itself. */
export interface RoundOfWork {
  round(): Promise<void>;
}

/**
 * From now on the rounds of a worker run one after the other, its own and those a test asks for. A round passes over what
 * another one holds, so a test's would end without the work that it is there to see done.
 */
export function inTurn(worker: RoundOfWork): void {
  const round = worker.round.bind(worker);
  let before: Promise<void> = Promise.resolve();
  worker.round = () => {
    const next = before.then(round);
    before = next.catch(() => undefined);
    return next;
  };
}
