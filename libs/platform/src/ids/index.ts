export { isUuid, uuidOf, uuidV7 } from './uuid.js';
export { randomSecret, secretsEqual, sha256Hex } from './secrets.js';
