export { classSchema, type BodyClass, type Schema } from './class-schema.js';
