import fc from 'fast-check';
import type { GameConfigurationDocument, Sections } from '@kraty/contracts/configuration';
import { effectiveSettings } from '../games/game-settings.js';
import { document } from './documents.fixture.js';
import { compare, isNoChange, ownersConcerned, sizeProblems, type CurrentConfiguration } from './plan.js';

const settings = effectiveSettings({ displayName: 'Game', slug: 'game', settings: {} });
const nothing: Sections = {
  itemTypes: [],
  items: [],
  currencies: [],
  rewardBundles: [],
  rewardTables: [],
  identityPools: [],
  bots: [],
  leaderboards: [],
  events: [],
};
const current = (sections: Partial<Sections> = {}): CurrentConfiguration => ({
  settings,
  sections: { ...nothing, ...sections },
  archivedKeys: {},
});

describe('compare', () => {
  it('gives each owner its own changes, and shows all of them the game as it would stand', () => {
    const sut = compare(document('game'), current({ items: [{ key: 'rope', name: 'Rope' }] }), 'merge');
    expect(Object.keys(sut.changes.economy.upserts)).toEqual(['items', 'currencies']);
    expect(sut.changes.grants).toEqual({ upserts: { rewardBundles: document('game').rewardBundles }, archives: {} });
    expect(sut.desired.items.map(({ key }) => key)).toEqual(['rope', 'torch']);
    expect(sut.settings).toEqual({ grantDefaultTtlDays: 30 });
  });

  it('counts what is there already to the size of the game', () => {
    const fat = Array.from({ length: 2_000 }, (_, at) => ({ key: `i${at}`, name: 'x'.repeat(5_000) }));
    const wanted = document('game', { items: [{ key: 'rope', name: 'Rope' }] });
    expect(sizeProblems(compare(wanted, current(), 'merge'))).toEqual([]);
    expect(sizeProblems(compare(wanted, current({ items: fat }), 'merge'))).toMatchObject([
      { path: 'items', code: 'length', message: expect.stringMatching(/more than 8388608 bytes/) },
    ]);
    const many = Array.from({ length: 10_000 }, (_, at) => ({ key: `i${at}`, name: 'x' }));
    expect(sizeProblems(compare(wanted, current({ items: many }), 'merge'))).toMatchObject([
      { path: 'items', message: expect.stringMatching(/more than 10000 objects/) },
    ]);
  });

  it('archives in mirror what is not named, also where the whole section is missing', () => {
    const { events: _left, ...without } = document('game');
    const sut = compare(without as GameConfigurationDocument, current({ events: [{ key: 'old' }] }), 'mirror');
    expect(sut.archives).toEqual([{ section: 'events', key: 'old' }]);
    expect(sut.changes.events).toEqual({ upserts: {}, archives: { events: ['old'] } });
    expect(sut.desired.events).toEqual([]);
  });

  it('refuses a default identity pool that is not there, or that it archives', () => {
    const wanted = document('game', { settings: { defaultIdentityPoolKey: 'sailors' } });
    const sailors = { key: 'sailors', name: 'Sailors', entries: [{ name: 'Ada' }] };
    const error = { path: 'settings.defaultIdentityPoolKey', code: 'unknown_reference' };
    expect(compare(wanted, current(), 'merge').errors).toMatchObject([error]);
    expect(compare(wanted, current({ identityPools: [sailors] }), 'merge').errors).toEqual([]);
    expect(compare(wanted, current({ identityPools: [sailors] }), 'mirror').errors).toMatchObject([error]);
    expect(compare({ ...wanted, identityPools: [sailors] }, current(), 'mirror').errors).toEqual([]);
    // What the game says already is judged no more: bots and players go on with the built-in names.
    const named = { ...current(), settings: { ...settings, defaultIdentityPoolKey: 'sailors' } };
    expect(compare(wanted, named, 'merge').errors).toEqual([]);
  });

  it('sets unnamed settings back in mirror only, and none without the section', () => {
    const changed = { ...current(), settings: { ...settings, anomalyRetentionDays: 7, grantDefaultTtlDays: 30 } };
    const named = document('game', { settings: { grantDefaultTtlDays: 30 } });
    expect(compare(named, changed, 'merge').settings).toEqual({});
    expect(compare(named, changed, 'mirror').settings).toEqual({ anomalyRetentionDays: 180 });
    expect(compare(document('game', { settings: undefined }), changed, 'mirror').settings).toEqual({});
  });

  it('does not take another order of fields, or spelled-out defaults, for a change', () => {
    const items = [{ tags: [], name: { pt: 'Tocha', en: 'Torch' }, key: 'torch' }];
    const sut = compare(
      document('game', { items }),
      current({ items: [{ key: 'torch', name: { en: 'Torch', pt: 'Tocha' } }] }),
      'merge',
    );
    expect(sut.updates.filter(({ ref }) => ref.section === 'items')).toEqual([]);
  });

  it('finds nothing to do for any configuration compared with itself', () => {
    const keys = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/), { maxLength: 8 });
    fc.assert(
      fc.property(keys, keys, fc.constantFrom('merge' as const, 'mirror' as const), (itemKeys, eventKeys, mode) => {
        const items = itemKeys.toSorted().map((key) => ({ key, name: key }));
        const events = eventKeys.toSorted().map((key) => ({ key }));
        const sections = { ...nothing, items, events };
        const same = document('game', { ...sections, settings: { displayName: 'Game' } });
        const sut = compare(same, current(sections), mode);
        expect(isNoChange(sut)).toBe(true);
        expect(ownersConcerned(sut)).toEqual([]);
        expect(sut.unchanged).toBe(items.length + events.length + 1);
      }),
    );
  });
});
