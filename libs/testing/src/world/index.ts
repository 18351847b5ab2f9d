export { SplitSystem } from './split-system.js';
export { World, type Answer, type CallOptions, type Player, type System } from './world.js';
