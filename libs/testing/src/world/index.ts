export { World, type Answer, type CallOptions, type Player } from './world.js';
