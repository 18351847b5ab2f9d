export * from './requests.js';
export * from './facts.js';
export * from './headers.js';
