export * from './any-condition.js';
export * from './any-event.js';
export * from './any-reward.js';
export * from './named-game.js';
