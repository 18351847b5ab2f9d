import { Injectable } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import type { DocumentedSurface } from './routes.js';

/** The committed documents, read once; sources and compiled modules lie equally deep. */
@Injectable()
export class Documents {
  readonly sdk = textOf('sdk');
  readonly server = textOf('server');
}

function textOf(surface: DocumentedSurface): string {
  const file = new URL(`../../../../docs/openapi/openapi.${surface}.json`, import.meta.url);
  return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
}
