import { agrees } from './installation.mjs';

const lock = (packages: Record<string, object>) => ({ packages });
const wanted = lock({
  '': { name: 'kraty' },
  'apps/events': { version: '0.1.0' },
  'node_modules/pg': { version: '8.23.1' },
  'node_modules/@kraty/events': { link: true },
  'node_modules/@swc/core-darwin-arm64': { version: '1.16.22', optional: true },
});

describe('whether the packages are installed', () => {
  it('is so when each is there in its version', () => {
    const installed = lock({ 'node_modules/pg': { version: '8.23.1' }, 'node_modules/@kraty/events': { link: true } });
    expect(agrees(wanted, installed)).toBe(true);
  });

  it('is not so when one has another version', () => {
    const installed = lock({ 'node_modules/pg': { version: '8.22.0' }, 'node_modules/@kraty/events': { link: true } });
    expect(agrees(wanted, installed)).toBe(false);
  });

  it('is not so when a package of ours is not linked yet', () => {
    expect(agrees(wanted, lock({ 'node_modules/pg': { version: '8.23.1' } }))).toBe(false);
  });
});
