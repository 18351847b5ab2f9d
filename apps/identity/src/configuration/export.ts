import type { GameConfigurationDocument } from '@kraty/contracts/configuration';
import type { ExportConfiguration, GameSettings } from '@kraty/contracts/identity';
import { storedSettings } from '../games/game-settings.js';
import { sectionNames, type CurrentConfiguration } from './plan.js';

/** The game as a document: sections in the order of 04 §12, empty ones and defaults left out. */
export function documentOf(
  { settings, sections }: CurrentConfiguration,
  wanted: ExportConfiguration['sections'],
): GameConfigurationDocument {
  const isWanted = (name: NonNullable<typeof wanted>[number]) => wanted === null || wanted.includes(name);
  const filled = sectionNames.filter((name) => isWanted(name) && sections[name].length > 0);
  return {
    apiVersion: 'kraty/v1',
    kind: 'GameConfig',
    game: { slug: settings.slug },
    ...(isWanted('settings') && { settings: statedSettings(settings) }),
    ...Object.fromEntries(filled.map((name) => [name, sections[name]])),
  };
}

/** The name is always stated, because it has no default; the rest in one order, where it differs. */
function statedSettings(settings: GameSettings): GameConfigurationDocument['settings'] {
  const stored = Object.entries(storedSettings(settings)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { displayName: settings.displayName, ...Object.fromEntries(stored) };
}
