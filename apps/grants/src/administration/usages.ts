import type { Usage } from '@kraty/contracts/configuration';
import type { RewardSection } from '@kraty/contracts/grants';

/** Fields by which configurations name bundles and tables. */
const namingField: Record<RewardSection, string> = { rewardBundles: 'rewardBundleKey', rewardTables: 'tableKey' };

/** Fields whose content belongs to the studio and refers to nothing. */
const freeForm: readonly string[] = ['metadata', 'attributes'];

type SectionsByName = Readonly<Record<string, readonly { key: string }[]>>;

/** Every place of a configuration that names a bundle or a table, as paths. */
export function usagesOf(sections: SectionsByName, of: RewardSection, key: string): Usage[] {
  return Object.entries(sections).flatMap(([section, objects]) =>
    objects.flatMap((object) =>
      placesIn(object, `${section}[${object.key}]`, namingField[of], key).map((path) => ({
        section,
        key: object.key,
        path,
      })),
    ),
  );
}

function placesIn(value: unknown, path: string, field: string, key: string): string[] {
  if (Array.isArray(value)) return value.flatMap((inner, at) => placesIn(inner, `${path}[${at}]`, field, key));
  if (typeof value !== 'object' || value === null) return [];
  const stamped = (value as { type?: unknown }).type === 'item';
  return Object.entries(value).flatMap(([name, inner]) => {
    if (freeForm.includes(name) || (stamped && name === 'parameters')) return [];
    return name === field && inner === key ? [`${path}.${name}`] : placesIn(inner, `${path}.${name}`, field, key);
  });
}
