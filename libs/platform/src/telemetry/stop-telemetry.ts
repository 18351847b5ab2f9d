import type { StopTelemetry } from './start-telemetry.js';

let stop: StopTelemetry | undefined;

/** Remembers how to stop what was started before the program itself. */
export function keepStopTelemetry(how: StopTelemetry): void {
  stop = how;
}

/** Sends the last spans of this process; nothing when telemetry is off. */
export async function stopTelemetry(): Promise<void> {
  await stop?.();
}
