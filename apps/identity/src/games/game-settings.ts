import { keyPattern } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import type { GameSettings } from '@kraty/contracts/identity';

/** Settings apart from name and slug, which every game has of its own. */
export type AdjustableSettings = Omit<GameSettings, 'displayName' | 'slug'>;

/** 04 §10. */
export const defaultSettings: AdjustableSettings = {
  grantDefaultTtlDays: null,
  displayTimezone: 'UTC',
  inventoryManagement: 'platform',
  acceptClientScores: true,
  allowClientIdentity: true,
  anomalyRetentionDays: 180,
  defaultIdentityPoolKey: null,
};

type SettingRule = { code: Issue['code']; message: string; holds: (value: unknown) => boolean };

const isBoolean: SettingRule = { code: 'type', message: 'must be true or false', holds: (v) => typeof v === 'boolean' };

const rules: Record<keyof GameSettings, SettingRule> = {
  displayName: { code: 'length', message: 'must have 1 to 80 characters', holds: isName },
  slug: { code: 'format', message: 'must be a key', holds: isSlug },
  grantDefaultTtlDays: {
    code: 'range',
    message: 'must be null or an integer from 1 to 3650',
    holds: (value) => value === null || isIntegerWithin(value, 1, 3_650),
  },
  displayTimezone: { code: 'format', message: 'must be the name of an IANA time zone', holds: isTimeZone },
  inventoryManagement: {
    code: 'enum',
    message: 'must be platform, studio or permissive',
    holds: (value) => value === 'platform' || value === 'studio' || value === 'permissive',
  },
  acceptClientScores: isBoolean,
  allowClientIdentity: isBoolean,
  anomalyRetentionDays: {
    code: 'range',
    message: 'must be an integer from 1 to 3650',
    holds: (value) => isIntegerWithin(value, 1, 3_650),
  },
  defaultIdentityPoolKey: {
    code: 'format',
    message: 'must be null or the key of an identity pool',
    holds: (value) => value === null || (typeof value === 'string' && keyPattern.test(value)),
  },
};

/** Everything wrong with a change of settings; null stands for the default. */
export function settingIssues(changes: Record<string, unknown>, root: string): Issue[] {
  return Object.entries(changes).flatMap(([name, value]): Issue[] => {
    const path = `${root}.${name}`;
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof GameSettings] : null;
    if (!rule) return [{ path, code: 'unknown_field', message: 'is no setting' }];
    if (value === null && Object.hasOwn(defaultSettings, name)) return [];
    return rule.holds(value) ? [] : [{ path, code: rule.code, message: rule.message }];
  });
}

/** A pool that is named anew must be there; one that goes later leaves the built-in names (10 §3.1). */
export function unknownPool(key: string, path: string): Issue {
  return { path, code: 'unknown_reference', message: `there is no identity pool '${key}'` };
}

/** The stored differences completed with the defaults. */
export function effectiveSettings(game: { displayName: string; slug: string; settings: object }): GameSettings {
  return { displayName: game.displayName, slug: game.slug, ...defaultSettings, ...game.settings };
}

/** What is stored: the settings that differ from the defaults. */
export function storedSettings(settings: GameSettings): Partial<AdjustableSettings> {
  const names = Object.keys(defaultSettings) as (keyof AdjustableSettings)[];
  return Object.fromEntries(
    names.filter((name) => settings[name] !== defaultSettings[name]).map((name) => [name, settings[name]]),
  );
}

/** The settings with some replaced; null = back to the default. */
export function changedSettings(settings: GameSettings, changes: Partial<GameSettings>): GameSettings {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const resolved = given.map(([name, value]) => [name, value ?? defaultSettings[name as keyof AdjustableSettings]]);
  return { ...settings, ...(Object.fromEntries(resolved) as Partial<GameSettings>) };
}

export function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim().length > 0 && [...value.trim()].length <= 80;
}

export function isSlug(value: unknown): boolean {
  return typeof value === 'string' && keyPattern.test(value);
}

function isIntegerWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 64) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
