export * from './bodies.js';
export * from './ping.js';
