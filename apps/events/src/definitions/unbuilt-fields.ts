import { isPlainObject } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';

type Raw = Record<string, unknown>;

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const hasOnlyEmptyLists = (value: unknown): boolean => isPlainObject(value) && Object.values(value).every(isEmptyList);

/** Fields of 05 §1 that later features bring. Empty they say nothing and are taken; filled they would be a promise. */
const unbuiltRoots: Record<string, (value: unknown) => boolean> = {
  contributesTo: isEmptyList,
  unlockCondition: isAbsent,
  entryRequirement: isAbsent,
  entryCost: hasOnlyEmptyLists,
  milestoneRewards: isEmptyList,
  botBindings: isEmptyList,
  antiCheat: hasOnlyEmptyLists,
  session: isAbsent,
  windowOverrides: isEmptyList,
};

const unbuiltBoardFields = [
  'capacity',
  'fillTimeoutSeconds',
  'fillBots',
  'grouping',
  'segmentation',
  'matchmaking',
  'progression',
];

/** Values that 05 names and that are not built yet, by the path of their field. */
const unbuiltValues: { path: readonly string[]; values: readonly string[] }[] = [
  { path: ['availability', 'mode'], values: ['personal_windows', 'local_calendar'] },
  { path: ['scoreFormula', 'type'], values: ['expression'] },
  { path: ['leaderboard', 'mode'], values: ['grouped', 'segmented', 'global_segmented', 'lobby_matched'] },
  { path: ['rewardPolicy', 'type'], values: ['rank_scaled', 'shared_pool'] },
];

/** What of an event's statement cannot be done yet, and the statement without those fields. */
export function splitUnbuilt(entry: Raw, path: string): { built: Raw; issues: Issue[] } {
  const built: Raw = { ...entry };
  const issues: Issue[] = [];
  for (const [field, isEmpty] of Object.entries(unbuiltRoots)) {
    if (!isAbsent(entry[field]) && !isEmpty(entry[field])) issues.push(unsupported(`${path}.${field}`));
    delete built[field];
  }
  const board = withoutBoardFields(entry['leaderboard'], `${path}.leaderboard`, issues);
  if (board !== undefined) built['leaderboard'] = board;
  for (const { path: steps, values } of unbuiltValues) {
    if (dropUnbuiltValue(built, steps, values)) issues.push(unsupported(`${path}.${steps.join('.')}`));
  }
  issues.push(...unbuiltRewards(entry['rewardPolicy'], `${path}.rewardPolicy.parameters.entries`));
  return { built, issues };
}

function withoutBoardFields(board: unknown, path: string, issues: Issue[]): Raw | undefined {
  if (!isPlainObject(board)) return undefined;
  const rest: Raw = { ...board };
  for (const field of unbuiltBoardFields) {
    if (!isAbsent(rest[field])) issues.push(unsupported(`${path}.${field}`));
    delete rest[field];
  }
  return rest;
}

/** The whole part is dropped, so that the shape of what is not built yet is not judged as well. */
function dropUnbuiltValue(built: Raw, [part, field]: readonly string[], values: readonly string[]): boolean {
  if (part === undefined || field === undefined) return false;
  const holder = built[part];
  if (!isPlainObject(holder) || !values.includes(holder[field] as string)) return false;
  delete built[part];
  return true;
}

function unbuiltRewards(policy: unknown, path: string): Issue[] {
  if (!isPlainObject(policy) || !isPlainObject(policy['parameters'])) return [];
  const entries = policy['parameters']['entries'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry, at) =>
    isPlainObject(entry) && (entry['type'] === 'crate' || entry['type'] === 'table')
      ? [unsupported(`${path}[${at}].type`)]
      : [],
  );
}

function unsupported(path: string): Issue {
  return { path, code: 'unsupported', message: 'is not supported yet; leave it out' };
}
