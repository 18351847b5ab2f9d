import type {
  ConfigurationWarning,
  ExportedSections,
  GameConfigurationDocument,
  Sections,
} from '@kraty/contracts/configuration';
import type { EventDocumentEntry } from '@kraty/contracts/events';

export interface OverridesOfNow {
  /** As the game has them. */
  events: Sections['events'];
  runningWindows: ExportedSections['runningWindows'];
  nowMs: number;
}

/**
 * The document without what it says of windows that have ended: that has done its work, and the export does not hold it
 * any more. Otherwise a document kept in git would change the game again with every apply. Pure.
 */
export function withoutPastOverrides(
  document: GameConfigurationDocument,
  { events, runningWindows = {}, nowMs }: OverridesOfNow,
): { document: GameConfigurationDocument; warnings: ConfigurationWarning[] } {
  if (!document.events) return { document, warnings: [] };
  const published = new Set(events.filter(({ status }) => status === 'scheduled').map(({ key }) => key));
  const warnings: ConfigurationWarning[] = [];
  const kept = document.events.map((event): EventDocumentEntry => {
    if (!event.windowOverrides || !published.has(event.key)) return event;
    const running = runningWindows[event.key];
    const fromMs = running === undefined ? nowMs : Date.parse(running);
    const past = event.windowOverrides.filter(({ startsAt }) => Date.parse(startsAt) < fromMs);
    warnings.push(...past.map(({ startsAt }) => warningOf(event.key, startsAt)));
    return { ...event, windowOverrides: event.windowOverrides.filter((override) => !past.includes(override)) };
  });
  return { document: { ...document, events: kept }, warnings };
}

function warningOf(key: string, startsAt: string): ConfigurationWarning {
  const path = `events[${key}].windowOverrides[${startsAt}]`;
  return { code: 'window_override_past', path, message: 'the window has ended: this has no effect', value: startsAt };
}
