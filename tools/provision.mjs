/**
 * The migrations job of a deployment: creates schemas and roles where a superuser is given, then applies what is
 * missing to each service's schema. Running it again changes nothing.
 *
 * SUPERUSER_DATABASE_URL (optional) and one <SERVICE>_DATABASE_URL a service; a service without one is left alone.
 */
import { deploy, provision, servicesWithSchema } from './lib/migrations.mjs';

const urlOf = (service) => process.env[`${service.toUpperCase()}_DATABASE_URL`];
const services = servicesWithSchema().filter(urlOf);

const databaseName = (url) => decodeURIComponent(new URL(url).pathname.slice(1));
const password = (url) => decodeURIComponent(new URL(url).password);

if (services.length === 0) throw new Error('no <SERVICE>_DATABASE_URL is set: nothing to migrate');

const superuserUrl = process.env.SUPERUSER_DATABASE_URL;
for (const service of services) {
  const url = urlOf(service);
  if (superuserUrl) {
    const passwords = { [service]: password(url) };
    await provision({ superuserUrl, database: databaseName(url), services: [service], passwords });
  }
  const applied = await deploy({ url, service });
  process.stdout.write(`${service}: ${applied.length > 0 ? applied.join(', ') : 'nothing to apply'}\n`);
}
