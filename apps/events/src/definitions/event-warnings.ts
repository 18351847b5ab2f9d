import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import type { Availability, EventDocumentEntry } from '@kraty/contracts/events';
import { isOver, overlapsItself } from '../windows/occurrences.js';
import { bundleKeyOf, type References } from './event-meaning.js';

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
  if (overlapsItself(availability)) {
    const message = 'some windows are longer than the time to the next start; they are cut there';
    warnings.push({ code: 'window_overlap', path, message });
  }
  if (isOver(availability, nowMs)) {
    warnings.push({ code: 'no_upcoming_window', path, message: 'no window is open or will open' });
  }
  return warnings;
}
