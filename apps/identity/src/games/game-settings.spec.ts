import { changedSettings, defaultSettings, effectiveSettings, settingIssues, storedSettings } from './game-settings.js';

const settings = effectiveSettings({ displayName: 'Trail Runner', slug: 'trail-runner', settings: {} });

describe('settings of a game', () => {
  it('are the defaults until they are changed', () => {
    expect(settings).toEqual({ displayName: 'Trail Runner', slug: 'trail-runner', ...defaultSettings });
    expect(storedSettings(settings)).toEqual({});
  });

  it('store only what differs', () => {
    const changed = changedSettings(settings, { grantDefaultTtlDays: 30, acceptClientScores: true });
    expect(storedSettings(changed)).toEqual({ grantDefaultTtlDays: 30 });
  });

  it('go back to the default by null', () => {
    const changed = changedSettings(settings, { anomalyRetentionDays: 7 });
    const back = changedSettings(changed, { anomalyRetentionDays: null as unknown as number });
    expect(back.anomalyRetentionDays).toBe(180);
  });

  it('list every problem at once', () => {
    const changes = {
      displayName: '',
      slug: 'a b',
      grantDefaultTtlDays: 0,
      displayTimezone: 'Mars/Olympus',
      inventoryManagement: 'both',
      acceptClientScores: 1,
      anomalyRetentionDays: 3.5,
      defaultIdentityPoolKey: 'no key',
      color: 'red',
    };
    const issues = settingIssues(changes, 'body');
    expect(issues.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'body.displayName length',
      'body.slug format',
      'body.grantDefaultTtlDays range',
      'body.displayTimezone format',
      'body.inventoryManagement enum',
      'body.acceptClientScores type',
      'body.anomalyRetentionDays range',
      'body.defaultIdentityPoolKey format',
      'body.color unknown_field',
    ]);
  });
});
