import type { Usage } from '@kraty/contracts/configuration';
import type { CatalogSection } from '@kraty/contracts/economy';

/** Fields whose content belongs to the studio and refers to nothing. */
const freeForm: readonly string[] = ['metadata', 'attributes'];

/** The field of a ladder, whose `itemKey` names a progression (06 §9). */
const ladderField = 'progression';

type SectionsByName = Readonly<Record<string, readonly { key: string }[]>>;

/** Every place of a configuration that names an object of the catalog, as paths. */
export function usagesOf(sections: SectionsByName, of: CatalogSection, key: string): Usage[] {
  return Object.entries(sections).flatMap(([section, objects]) =>
    objects.flatMap((object) => {
      const places = placesIn(object, { path: `${section}[${object.key}]`, parents: [] }, of, key);
      return places.map((path) => ({ section, key: object.key, path }));
    }),
  );
}

interface Place {
  path: string;
  /** Names of the fields around it, the nearest first. */
  parents: readonly string[];
}

function placesIn(value: unknown, place: Place, of: CatalogSection, key: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((inner, at) => placesIn(inner, { ...place, path: `${place.path}[${at}]` }, of, key));
  }
  if (typeof value !== 'object' || value === null) return [];
  const stamped = (value as { type?: unknown }).type === 'item';
  return Object.entries(value).flatMap(([name, inner]) => {
    if (freeForm.includes(name) || (stamped && name === 'parameters')) return [];
    const path = `${place.path}.${name}`;
    if (inner === key && names(of, name, place.parents)) return [path];
    return placesIn(inner, { path, parents: [name, ...place.parents] }, of, key);
  });
}

/** True when a field of this name, at this place, names an object of the section. */
function names(of: CatalogSection, field: string, [parent, grandparent]: readonly string[]): boolean {
  const isCost = field === 'key' && grandparent === 'entryCost';
  switch (of) {
    case 'itemTypes':
      return field === 'itemTypeKey';
    case 'items':
      if (isCost) return parent === 'items';
      return field === 'crateItemKey' || (field === 'itemKey' && parent !== ladderField);
    case 'currencies':
      if (isCost) return parent === 'currencies';
      if (field === 'itemKey') return parent === ladderField;
      return field === 'currencyKey' || field === 'economyKey' || field === 'sourceKey';
  }
}
