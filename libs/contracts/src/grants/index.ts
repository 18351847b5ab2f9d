export * from './rewards.js';
export * from './reward-configuration.js';
export * from './grants.js';
export * from './payout-bounds.js';
