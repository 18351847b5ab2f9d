import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import type { Availability, EventDocumentEntry } from '@kraty/contracts/events';
import { isOver, overlapsItself } from '../windows/occurrences.js';
import { bundleKeyOf, type References } from './event-meaning.js';

/** Answers of `overlaps`, the slow one of the looks: every plan asks again about every event. */
const overlapsMax = 5_000;
const knownOverlaps = new Map<string, boolean>();

/** What is saved but probably not meant (05 §1.2). */
export function eventWarnings(
  event: EventDocumentEntry,
  references: References,
  nowMs: number,
  path: string,
): ConfigurationWarning[] {
  const warnings: ConfigurationWarning[] = [];
  const bundle = bundleKeyOf(event);
  if (bundle !== null && !references.bundles.has(bundle)) {
    const at = `${path}.rewardPolicy.parameters.rewardBundleKey`;
    warnings.push({
      code: 'bundle_archived',
      path: at,
      message: `the reward bundle '${bundle}' is archived`,
      value: bundle,
    });
  }
  if (event.availability) warnings.push(...availabilityWarnings(event.availability, nowMs, `${path}.availability`));
  return warnings;
}

function availabilityWarnings(availability: Availability, nowMs: number, path: string): ConfigurationWarning[] {
  const warnings: ConfigurationWarning[] = [];
  if (overlaps(availability)) {
    const message = 'some windows are longer than the time to the next start; they are cut there';
    warnings.push({ code: 'window_overlap', path, message });
  }
  if (isOver(availability, nowMs)) {
    warnings.push({ code: 'no_upcoming_window', path, message: 'no window is open or will open' });
  }
  return warnings;
}

/** Follows from the rules alone, and most events of a game share a few of them. */
function overlaps(availability: Availability): boolean {
  if (availability.mode !== 'recurring_windows') return false;
  const rules = JSON.stringify(availability.windows);
  const known = knownOverlaps.get(rules);
  if (known !== undefined) return known;
  if (knownOverlaps.size >= overlapsMax) knownOverlaps.clear();
  const found = overlapsItself(availability);
  knownOverlaps.set(rules, found);
  return found;
}
