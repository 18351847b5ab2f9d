export * from './bodies.js';
export * from './ping.js';
export * from './time.js';
export * from './grant-bodies.js';
