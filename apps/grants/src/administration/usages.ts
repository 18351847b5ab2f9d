import type { RewardSection, RewardUsage } from '@kraty/contracts/grants';

/** Fields by which configurations name bundles and tables. */
const namingField: Record<RewardSection, string> = { rewardBundles: 'rewardBundleKey', rewardTables: 'tableKey' };

/** Fields whose content belongs to the studio and refers to nothing. */
const freeForm: readonly string[] = ['metadata', 'attributes'];

type Sections = Partial<Record<RewardUsage['section'], readonly { key: string }[]>>;

/** Every place of a configuration that names a bundle or a table, as paths. */
export function usagesOf(sections: Sections, of: RewardSection, key: string): RewardUsage[] {
  const names = Object.keys(sections) as RewardUsage['section'][];
  return names.flatMap((section) =>
    (sections[section] ?? []).flatMap((object) =>
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
