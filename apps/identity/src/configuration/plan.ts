import type { Context } from '@kraty/contracts/common';
import {
  emptySections,
  normalForm,
  sectionObjectsMax,
  sectionOwners,
  sortedByKey,
  type ConfigurationWarning,
  type ExportedSections,
  type GameConfigurationDocument,
  type SectionChanges,
  type SectionName,
  type Sections,
} from '@kraty/contracts/configuration';
import type { ApplyMode, ConfigurationPlan, ConfigurationRef, GameSettings } from '@kraty/contracts/identity';
import { canonicalJson } from '../audit/audit-chain.js';
import { difference } from '../audit/difference.js';
import { changedSettings, defaultSettings, unknownPool } from '../games/game-settings.js';

export const sectionNames = Object.keys(sectionOwners) as SectionName[];
export type Owner = Extract<Context, 'economy' | 'grants' | 'leaderboards' | 'events'>;
export const owners: readonly Owner[] = ['economy', 'grants', 'leaderboards', 'events'];

/** The game's configuration as it stands. */
export interface CurrentConfiguration {
  settings: GameSettings;
  sections: Sections;
  archivedKeys: ExportedSections['archivedKeys'];
}

/** What applying a document would do. */
export interface Comparison extends Pick<ConfigurationPlan, 'creates' | 'updates' | 'archives' | 'unchanged'> {
  warnings: ConfigurationWarning[];
  /** Keys that stand twice in a section. */
  errors: ConfigurationWarning[];
  changes: Record<Owner, SectionChanges>;
  /** The game as it would stand afterwards. */
  desired: Sections;
  /** Keys that would then be archived. */
  archivedKeys: ExportedSections['archivedKeys'];
  /** Only the settings that change. */
  settings: Partial<GameSettings>;
}

type Keyed = { key: string };

/** Compares a document with the game, object by object, by key (04 §12). Pure. */
export function compare(
  document: GameConfigurationDocument,
  current: CurrentConfiguration,
  mode: ApplyMode,
): Comparison {
  const comparison = emptyComparison();
  compareSettings(comparison, document, current.settings, mode);
  for (const section of sectionNames) compareSection(comparison, section, document, current, mode);
  judgeDefaultPool(comparison);
  if (document.game.slug !== current.settings.slug) {
    const message = `the document is of ${document.game.slug}, the game is ${current.settings.slug}`;
    comparison.warnings.push({ code: 'slug_differs', path: 'game.slug', message, value: document.game.slug });
  }
  return comparison;
}

/** The game as it would stand travels to every owner with the changes, in one message of the bus. Bytes. */
const wholeBytesMax = 8 * 1024 * 1024;

/** Why the game would be too large to be sent around and read whole; empty when it is not. */
export function sizeProblems({ desired }: Pick<Comparison, 'desired'>): ConfigurationWarning[] {
  const crowded = sectionNames.find((section) => desired[section].length > sectionObjectsMax);
  if (crowded !== undefined) return [tooLarge(crowded, `would hold more than ${sectionObjectsMax} objects`)];
  const sizes = sectionNames.map((section) => ({
    section,
    bytes: Buffer.byteLength(JSON.stringify(desired[section])),
  }));
  if (sizes.reduce((sum, { bytes }) => sum + bytes, 0) <= wholeBytesMax) return [];
  const largest = sizes.toSorted((left, right) => right.bytes - left.bytes)[0]!;
  return [tooLarge(largest.section, `with all other sections would have more than ${wholeBytesMax} bytes as JSON`)];
}

function tooLarge(path: SectionName, message: string): ConfigurationWarning {
  return { code: 'length', path, message };
}

/** Nothing is to be done. */
export function isNoChange({
  creates,
  updates,
  archives,
}: Pick<ConfigurationPlan, 'creates' | 'updates' | 'archives'>): boolean {
  return creates.length + updates.length + archives.length === 0;
}

/** Owners for whom there is something to do. */
export function ownersConcerned({ changes }: Comparison): Owner[] {
  return owners.filter((owner) => {
    const { upserts, archives } = changes[owner];
    return Object.keys(upserts).length + Object.keys(archives).length > 0;
  });
}

function emptyComparison(): Comparison {
  const none = (): SectionChanges => ({ upserts: {}, archives: {} });
  return {
    creates: [],
    updates: [],
    archives: [],
    unchanged: 0,
    warnings: [],
    errors: [],
    changes: { economy: none(), grants: none(), leaderboards: none(), events: none() },
    desired: emptySections(),
    archivedKeys: {},
    settings: {},
  };
}

function compareSettings(
  comparison: Comparison,
  { settings }: GameConfigurationDocument,
  current: GameSettings,
  mode: ApplyMode,
): void {
  if (!settings) return;
  const stated = mode === 'mirror' ? { ...defaultSettings, ...settings } : settings;
  const wanted = changedSettings(current, stated);
  const diff = difference({ ...current }, { ...wanted });
  if (diff.length === 0) {
    comparison.unchanged += 1;
    return;
  }
  comparison.updates.push({ ref: { section: 'settings', key: 'settings' }, diff });
  const names = Object.keys(wanted) as (keyof GameSettings)[];
  const changed = names.filter((name) => wanted[name] !== current[name]);
  comparison.settings = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
}

function judgeDefaultPool({ settings, desired, errors }: Comparison): void {
  const { defaultIdentityPoolKey: key } = settings;
  if (!key || desired.identityPools.some((pool) => pool.key === key)) return;
  errors.push(unknownPool(key, 'settings.defaultIdentityPoolKey'));
}

function compareSection(
  comparison: Comparison,
  section: SectionName,
  document: GameConfigurationDocument,
  current: CurrentConfiguration,
  mode: ApplyMode,
): void {
  const stated = byKey(comparison, section, document[section] ?? []);
  const present = new Map((current.sections[section] as Keyed[]).map((object) => [object.key, object]));
  const upserts = [...stated.values()].filter((object) => judgeObject(comparison, section, object, present));
  const absent = mode === 'mirror' ? [...present.keys()].filter((key) => !stated.has(key)) : [];
  for (const key of absent) comparison.archives.push({ section, key });
  const { upserts: toWrite, archives: toArchive } = comparison.changes[sectionOwners[section]];
  if (upserts.length > 0) Object.assign(toWrite, { [section]: sortedByKey(upserts) });
  if (absent.length > 0) toArchive[section] = absent.toSorted();
  const kept = [...present.values()].filter(({ key }) => !stated.has(key) && !absent.includes(key));
  Object.assign(comparison.desired, { [section]: sortedByKey([...kept, ...stated.values()]) });
  const stillArchived = (current.archivedKeys[section] ?? []).filter((key) => !stated.has(key));
  comparison.archivedKeys[section] = [...stillArchived, ...absent];
}

/** True when the object has to be written. */
function judgeObject(
  comparison: Comparison,
  section: SectionName,
  object: Keyed,
  present: ReadonlyMap<string, Keyed>,
): boolean {
  const ref: ConfigurationRef = { section, key: object.key };
  const known = present.get(object.key);
  if (known === undefined) {
    comparison.creates.push(ref);
    return true;
  }
  const [before, after] = [normalForm(section, known), normalForm(section, object)];
  if (canonicalJson(before) === canonicalJson(after)) {
    comparison.unchanged += 1;
    return false;
  }
  comparison.updates.push({ ref, diff: difference(before, after) });
  return true;
}

function byKey(comparison: Comparison, section: SectionName, objects: readonly Keyed[]): Map<string, Keyed> {
  const known = new Map<string, Keyed>();
  for (const object of objects) {
    if (known.has(object.key)) {
      comparison.errors.push({ code: 'duplicate', path: `${section}[${object.key}].key`, message: 'is used twice' });
    }
    known.set(object.key, object);
  }
  return known;
}
