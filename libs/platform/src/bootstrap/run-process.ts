import { ConfigurationError } from '../configuration/index.js';
import type { Logger } from '../logging/index.js';

/** How to stop what was started. */
type Stop = () => Promise<void>;

/** What is used of the process; a test brings its own. */
export interface Host {
  on(event: string, listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
  stderr: { write(text: string): unknown };
}

const EXIT_STOPPED = 0;
const EXIT_FAILED = 1;

/**
 * Ties something that runs to its process: a signal stops it gracefully, a second one at once. A bug that nobody caught
 * ends the process, because nobody knows what state it has left behind; whoever supervises it starts a new one.
 */
export async function runProcess(logger: Logger, start: () => Promise<Stop>, host: Host = process): Promise<void> {
  host.on('unhandledRejection', (error) => leave(logger, host, error, 'unhandled rejection'));
  host.on('uncaughtException', (error) => leave(logger, host, error, 'uncaught exception'));
  const started = start();
  stopOnSignals(logger, host, started);
  await started.catch((error: unknown) => leave(logger, host, error, 'the start failed'));
}

function stopOnSignals(logger: Logger, host: Host, started: Promise<Stop>): void {
  let stopping = false;
  const onSignal = (signal: unknown): void => {
    if (stopping) return host.exit(EXIT_FAILED);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const stopped = started.then((stop) => stop());
    void stopped.then(
      () => host.exit(EXIT_STOPPED),
      (error: unknown) => leave(logger, host, error, 'the stop failed'),
    );
  };
  host.on('SIGTERM', onSignal);
  host.on('SIGINT', onSignal);
}

/** An operator's mistake is told in plain words, everything else with its stack. */
function leave(logger: Logger, host: Host, error: unknown, reason: string): void {
  if (error instanceof ConfigurationError) host.stderr.write(`${error.message}\n`);
  else logger.fatal({ err: error }, reason);
  host.exit(EXIT_FAILED);
}
