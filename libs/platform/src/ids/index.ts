export { isUuid, uuidV7 } from './uuid.js';
export { randomSecret, secretsEqual, sha256Hex } from './secrets.js';
