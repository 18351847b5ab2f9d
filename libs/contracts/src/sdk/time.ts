import type { Iso } from '../common/index.js';

/** The server's clock as clients see it (02 §13). */
export interface ServerTime {
  epochMs: number;
  iso: Iso;
  timezone: string;
  /** Minutes east of UTC at this instant. */
  offsetMinutes: number;
  /** Wall clock of the zone, `YYYY-MM-DDTHH:mm:ss`, for display. */
  local: string;
}
