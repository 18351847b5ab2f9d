export { Redis } from 'ioredis';
export { closeRedis, openRedis } from './open-redis.js';
