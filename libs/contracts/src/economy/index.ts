export * from './catalog.js';
export * from './catalog-configuration.js';
export * from './holdings.js';
export * from './operations.js';
